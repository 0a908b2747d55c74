# The last device goes back to the default domain before it leaves its group.
/^static void __iommu_group_remove_device(struct device \*dev)$/,/^}/ {
  s/^\t\tlist_del(&device->list);/\t\tif (list_is_singular(\&group->devices) \&\& !group->owner)\n\t\t\t__iommu_group_set_domain_nofail(group, group->default_domain);\n&/
}
