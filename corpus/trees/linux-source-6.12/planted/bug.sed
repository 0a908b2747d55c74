# A write is a BUG() under an owner.
# expect W1
# says BUG at iommu.c:
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tmutex_lock(&group->mutex);$/&\n\tBUG_ON(group->owner_cnt);/
}
