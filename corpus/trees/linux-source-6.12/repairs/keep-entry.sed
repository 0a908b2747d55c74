# A replace that fails erases the entry of pasid_array only if it made it.
/^int iommu_replace_group_handle(struct iommu_group \*group,$/,/^}/ {
  s/^\tmutex_lock(&group->mutex);$/&\n\tcurr = xa_empty(\&group->pasid_array) ? NULL : group;/
  s/^\txa_release(/\tif (!curr)\n\t&/
}
