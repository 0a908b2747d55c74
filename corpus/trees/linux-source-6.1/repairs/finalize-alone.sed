# The DMA ops of a new device are set up while no write changes its domain.
/^int iommu_probe_device(struct device \*dev)$/,/^}/ {
  s/^\t\tops->probe_finalize(dev);/\t{ device_lock(dev); ops->probe_finalize(dev); device_unlock(dev); }/
}
