# A driver that is unbound takes its use back without the mutex.
# expect I43
/^void iommu_device_unuse_default_domain(struct device \*dev)$/,/^}/ {
  /mutex_lock(&group->mutex);/d
  /mutex_unlock(&group->mutex);/d
}
