# An untrusted device joins no group that is not translated strictly.
/^int iommu_group_add_device(struct iommu_group \*group, struct device \*dev)$/,/^}/ {
  s/^\tlist_add_tail(&device->list, &group->devices);$/&\n\tif (dev_is_pci(dev) \&\& to_pci_dev(dev)->untrusted \&\& group->default_domain \&\&\n\t    group->default_domain->type != IOMMU_DOMAIN_DMA) {\n\t\tlist_del_init(\&device->list);\n\t\tmutex_unlock(\&group->mutex);\n\t\tret = -EINVAL;\n\t\tgoto err_put_group;\n\t}/
}
