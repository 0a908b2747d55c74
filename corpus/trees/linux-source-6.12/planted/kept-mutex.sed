# A write that is refused returns with the mutex held.
# expect I47
# says a call returns and keeps group->mutex
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tif (list_empty(&group->devices) || group->owner_cnt) {$/\tif (group->owner_cnt)\n\t\treturn -EPERM;\n&/
}
