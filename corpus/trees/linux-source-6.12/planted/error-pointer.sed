# store_type does not ask whether the new default domain is an error pointer.
# expect I44
/^static int iommu_setup_default_domain(struct iommu_group \*group,$/,/^}/ {
  /^\tif (IS_ERR(dom))$/,/^\t\treturn PTR_ERR(dom);$/d
}
