# A write looks at a member that the loop below has not found yet.
# expect I44
# says never written
/^static ssize_t iommu_group_store_type(/,/^}/ {
  /^\tmutex_lock(&group->mutex);$/a\
	if (!gdev->dev)\
		return -ENODEV;
}
