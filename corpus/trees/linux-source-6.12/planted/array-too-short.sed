# A write collects its devices in an array that is for one.
# expect I44
# says memory is used beyond the end of an object
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tmutex_lock(&group->mutex);$/&\n\t{\n\t\tunsigned int n = 0;\n\t\tstruct device **devs = kcalloc(1, sizeof(*devs), GFP_KERNEL);\n\t\tif (devs)\n\t\t\tfor_each_group_device(group, gdev)\n\t\t\t\tdevs[n++] = gdev->dev;\n\t\tkfree(devs);\n\t}/
}
