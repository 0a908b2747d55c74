# store_type looks for the default domain again once it has the mutex.
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tmutex_lock(&group->mutex);$/&\n\tif (!group->default_domain) {\n\t\tret = -EINVAL;\n\t\tgoto out_unlock;\n\t}/
}
