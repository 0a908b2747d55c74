# store_type does not ask for owner_cnt.
# expect I2
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/ || group->owner_cnt) {/) {/
}
