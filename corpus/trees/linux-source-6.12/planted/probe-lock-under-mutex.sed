# A write takes the lock of probes under the mutex of the group, a probe takes them the other way.
# expect I32
# says is taken under
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tret = iommu_setup_default_domain(group, req_type);$/\tmutex_lock(\&iommu_probe_device_lock);\n&\n\tmutex_unlock(\&iommu_probe_device_lock);/
}
