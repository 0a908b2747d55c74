# show_type finds the domain under the mutex, and looks at it after it gave up the mutex.
# expect I26
# says domain D0 is used after it was freed
/^static ssize_t iommu_group_show_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tchar \*type = "unknown";/&\n\tstruct iommu_domain *dom;/
  s/^\tif (group->default_domain) {/\tdom = group->default_domain;\n\tmutex_unlock(\&group->mutex);\n\tif (dom) {/
  s/group->default_domain->type/dom->type/
  /^\tmutex_unlock(&group->mutex);$/d
}
