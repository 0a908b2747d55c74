# The mutex of a group is taken after the last reference to it was dropped.
# expect I44
/^static void __iommu_group_remove_device(struct device \*dev)$/,/^}/ {
  s/^\tiommu_group_put(group);$/&\n\tmutex_lock(\&group->mutex);\n\tmutex_unlock(\&group->mutex);/
}
