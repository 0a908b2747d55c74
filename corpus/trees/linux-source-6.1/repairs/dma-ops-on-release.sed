# A release derives anew which way the DMA of each device goes.
/^void iommu_group_release_dma_owner(struct iommu_group \*group)$/,/^}/ {
  s/^{$/{\n\tstruct group_device *member;/
  s/^\tWARN(ret, .*/&\n\tlist_for_each_entry(member, \&group->devices, list)\n\t\tiommu_setup_dma_ops(member->dev, 0, U64_MAX);/
}
