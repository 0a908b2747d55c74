# store_type sets up the DMA of the devices again and again: it goes one back for each one forward.
# expect X2
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\t\tiommu_setup_dma_ops(gdev->dev);$/\t{\n&\n\t\tgdev = list_prev_entry(gdev, list);\n\t}/
}
