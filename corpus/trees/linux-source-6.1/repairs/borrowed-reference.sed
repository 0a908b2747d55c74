# Whoever asks for the domain of a device takes no reference of its group.
/^struct iommu_domain \*iommu_get_domain_for_dev(struct device \*dev)$/,/^}/ {
  s/iommu_group_get(dev);/dev->iommu_group;/
  /iommu_group_put(group);/d
}
