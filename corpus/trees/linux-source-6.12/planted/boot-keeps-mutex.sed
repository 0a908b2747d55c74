# The group that is set up at boot stays locked.
# expect I47
/^int bus_iommu_probe(/,/^}/ {
  /^\t\tmutex_unlock(&group->mutex);$/d
}
