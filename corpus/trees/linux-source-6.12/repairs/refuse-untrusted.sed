# An untrusted device joins no group that is not translated strictly, and no write makes it lazy.
/^static int __iommu_probe_device(/,/^}/ {
  s/^\tif (group->domain) {$/\tif (dev_is_pci(dev) \&\& to_pci_dev(dev)->untrusted \&\& group->default_domain \&\&\n\t    group->default_domain->type != IOMMU_DOMAIN_DMA) {\n\t\tret = -EINVAL;\n\t\tgoto err_remove_gdev;\n\t}\n&/
}
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\t\tret = iommu_dma_init_fq(group->default_domain);$/\t\tret = 0;\n\t\tfor_each_group_device(group, gdev)\n\t\t\tif (dev_is_pci(gdev->dev) \&\& to_pci_dev(gdev->dev)->untrusted)\n\t\t\t\tret = -EINVAL;\n\t\tif (!ret)\n\t\t\tret = iommu_dma_init_fq(group->default_domain);/
}
