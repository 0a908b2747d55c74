# A rollback leaves out the device that failed.
/last_gdev = gdev;/,/^}/ s/if (group->domain)$/if (group->domain \&\& gdev != last_gdev)/
