# A write trips over a WARN_ON() of a header: it has the line of its caller.
# expect W1
# says WARN at iommu.c:3
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tmutex_lock(&group->mutex);$/&\n\tif (group->owner_cnt)\n\t\txa_mk_value(-1UL);/
}
