# A device that is probed is attached to the domain that its group is on.
/^int iommu_probe_device(struct device \*dev)$/,/^}/ {
  s/^\(\t*ret = __iommu_[a-z_]*(.*\)group->default_domain, /\1group->domain, /
}
