# A rollback goes from the device that failed back to the first: no change that matters.
# expect nothing
/^static int __iommu_group_set_domain_internal(/,/^}/ {
  /^\tstruct group_device \*last_gdev;$/d
  /^\tlast_gdev = gdev;$/,$ {
    s/^\tfor_each_group_device(group, gdev) {$/\tlist_for_each_entry_from_reverse(gdev, \&group->devices, list) {/
  }
  /^\tlast_gdev = gdev;$/d
  /^\t\tif (gdev == last_gdev)$/,/^\t\t\tbreak;$/d
}
