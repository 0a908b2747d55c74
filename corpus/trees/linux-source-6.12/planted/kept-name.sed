# A member that leaves keeps its name.
# expect I24
# says never freed, allocated at iommu.c:
/^static void __iommu_group_free_device(struct iommu_group \*group,$/,/^}/ {
  /^\tkfree(grp_dev->name);$/d
}
