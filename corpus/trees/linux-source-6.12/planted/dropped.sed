# store_type drops the mutex between its test and the change.
# expect I2
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\(.\)ret = iommu_setup_default_domain(/\1mutex_unlock(\&group->mutex);\n\1mutex_lock(\&group->mutex);\n&/
}
