# store_type calls a function of the kernel that this harness does not have.
# expect unknown
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tret = iommu_setup_default_domain(/\tschedule_timeout_uninterruptible(1);\n&/
}
