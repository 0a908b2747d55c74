# The question for an owner, which only reports a status, takes no lock and says so, and a claim asks
# before it waits for the mutex and again under it: no change that matters.
# expect nothing
/^bool iommu_group_dma_owner_claimed(struct iommu_group \*group)$/,/^}/ {
  /^\tmutex_\(un\)\?lock(&group->mutex);$/d
  s/group->owner_cnt/data_race(READ_ONCE(group->owner_cnt))/
}
/^int iommu_group_claim_dma_owner(/,/^}/ {
  s/^\tmutex_lock(&group->mutex);$/\tif (READ_ONCE(group->owner_cnt))\n\t\treturn -EPERM;\n&/
}
