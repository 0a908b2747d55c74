# A probe attaches every member of the group, also those who joined meanwhile.
s/^static struct iommu_group \*iommu_group_get_for_dev(struct device \*dev);$/&\nstatic int iommu_group_do_dma_attach(struct device *dev, void *data);\nstatic int __iommu_group_for_each_dev(struct iommu_group *group, void *data,\n\t\t\t\t      int (*fn)(struct device *, void *));/
/^int iommu_probe_device(struct device \*dev)$/,/^}/ {
  s/__iommu_attach_device(\(group->[a-z_]*\), dev);/__iommu_group_for_each_dev(group, \1, iommu_group_do_dma_attach);/
}
