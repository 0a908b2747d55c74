# A device that needs a direct mapping can neither be claimed nor join a group that is.
s/^static struct iommu_group \*iommu_group_get_for_dev(struct device \*dev);$/&\nstatic bool needs_direct(struct device *dev)\n{\n\tstruct iommu_resv_region *region;\n\tbool needs = false;\n\tLIST_HEAD(regions);\n\n\tiommu_get_resv_regions(dev, \&regions);\n\tlist_for_each_entry(region, \&regions, list)\n\t\tneeds |= region->type == IOMMU_RESV_DIRECT;\n\tiommu_put_resv_regions(dev, \&regions);\n\treturn needs;\n}/
/^int iommu_group_add_device(/,/^}/ {
  s/^\tlist_add_tail(&device->list, &group->devices);/\tif (group->owner \&\& needs_direct(dev))\n\t\tret = -EINVAL;\n&/
  s/^\tif (group->domain  && /\tif (!ret \&\& group->domain \&\& /
}
/^int iommu_group_claim_dma_owner(struct iommu_group \*group, void \*owner)$/,/^}/ {
  s/^\t\tret = __iommu_group_alloc_blocking_domain(group);/\t\tstruct group_device *member;\n\n\t\tlist_for_each_entry(member, \&group->devices, list)\n\t\t\tif (needs_direct(member->dev))\n\t\t\t\tret = -EINVAL;\n\t\tif (ret)\n\t\t\tgoto unlock_out;\n&/
}
