# A write panics under an owner.
# expect W1
# says panic() at iommu.c:
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tmutex_lock(&group->mutex);$/&\n\tif (group->owner_cnt)\n\t\tpanic("owned");/
}
