# The attribute "type" is made once there is a default domain.
/^struct iommu_group \*iommu_group_alloc(void)$/,/^}/ {
  s/^\tret = iommu_group_create_file(group, &iommu_group_attr_type);/\tret = 0;/
}
/^static int iommu_group_alloc_default_domain(/,/^}/ {
  s/^\tif (!group->domain)$/\tif (!group->domain)\n\t\tiommu_group_create_file(group, \&iommu_group_attr_type);\n&/
}
