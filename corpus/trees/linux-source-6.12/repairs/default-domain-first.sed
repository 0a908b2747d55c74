# The attribute "type" is made once there is a default domain.
/^struct iommu_group \*iommu_group_alloc(void)$/,/^}/ {
  s/^\tret = iommu_group_create_file(group, &iommu_group_attr_type);/\tret = 0;/
}
/^static int iommu_setup_default_domain(struct iommu_group \*group,$/,/^}/ {
  s/^\tgroup->default_domain = dom;$/&\n\tif (!group->domain)\n\t\tiommu_group_create_file(group, \&iommu_group_attr_type);/
}
