# show_type tries the mutex before it waits for it, and the question for an owner holds it by a guard: no
# change of what they do.
# expect nothing
/^static ssize_t iommu_group_show_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tmutex_lock(&group->mutex);$/\tif (!mutex_trylock(\&group->mutex))\n\t\tmutex_lock(\&group->mutex);/
}
/^bool iommu_group_dma_owner_claimed(struct iommu_group \*group)$/,/^}/ {
  s/^\tmutex_lock(&group->mutex);$/\tguard(mutex)(\&group->mutex);/
  s/^\tmutex_unlock(&group->mutex);$//
}
