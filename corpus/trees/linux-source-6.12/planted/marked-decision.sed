# A claim decides by a read that it marks, and does not look again under the mutex: the mark makes it no
# better.
# expect I7
/^int iommu_group_claim_dma_owner(/,/^}/ {
  s/^\tmutex_lock(&group->mutex);$/\tif (READ_ONCE(group->owner_cnt))\n\t\treturn -EPERM;\n&/
  s/^\tif (group->owner_cnt) {$/\tif (0) {/
}
