# A release derives anew which way the DMA of each device goes.
/^static void __iommu_release_dma_ownership(struct iommu_group \*group)$/,/^}/ {
  s/^{$/{\n\tstruct group_device *gdev;\n/
  s/^\t__iommu_group_set_domain_nofail(group, group->default_domain);/&\n\tfor_each_group_device(group, gdev)\n\t\tiommu_setup_dma_ops(gdev->dev);/
}
