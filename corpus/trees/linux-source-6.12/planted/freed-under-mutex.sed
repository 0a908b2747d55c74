# A claim that cannot switch frees the blocking domain under the mutex and leaves it in the group, and the
# end of the group frees it again: no lock is missing, the memory is.
# expect I44
# says is used after it was freed
/^static int __iommu_take_dma_ownership(/,/^}/ {
  /^\tret = __iommu_group_set_domain(group, group->blocking_domain);$/,/^\t\treturn ret;$/ {
    s/^\tif (ret)$/\tif (ret) {\n\t\tiommu_domain_free(group->blocking_domain);/
    s/^\t\treturn ret;$/&\n\t}/
  }
}
