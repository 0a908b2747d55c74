# A write that fails late says so when the device refuses to go back.
/^err_restore_domain:$/,/^err_restore_def_domain:$/ {
  s/__iommu_group_set_domain_internal($/__iommu_group_set_domain_nofail(/
  s/^\t\t\tgroup, old_dom, IOMMU_SET_DOMAIN_MUST_SUCCEED);/\t\t\tgroup, old_dom);/
}
