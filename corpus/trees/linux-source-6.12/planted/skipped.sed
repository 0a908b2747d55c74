# A rollback leaves out the device that failed.
# expect I16
/last_gdev = gdev;/,/^}/ s/if (group->domain)$/if (group->domain \&\& gdev != last_gdev)/
