# A claim looks whether the group is owned before it takes the mutex, and not again.
# expect I7
/^int iommu_group_claim_dma_owner(/,/^}/ {
  s/^\tmutex_lock(&group->mutex);$/\tif (group->owner_cnt)\n\t\treturn -EPERM;\n&/
  s/^\tif (group->owner_cnt) {$/\tif (0) {/
}
