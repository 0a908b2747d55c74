# A probe returns with the mutex, before the device is in the list.
# expect I47
# says group->mutex
/^static int __iommu_probe_device(/,/^}/ {
  /^\tlist_add_tail(&gdev->list, &group->devices);$/i\
	return 0;
}
