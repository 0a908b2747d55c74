# An attach with a handle makes its entry before it takes the mutex, the array having a lock of its own,
# and takes it away where it fails: nothing is left changed.
# expect nothing
/^int iommu_attach_group_handle(/,/^}/ {
  /^\tmutex_lock(&group->mutex);$/d
  s/^\t\tgoto err_unlock;$/\t\treturn ret;/
  s/^\tret = __iommu_attach_group(domain, group);$/\tmutex_lock(\&group->mutex);\n&/
  /^err_unlock:$/d
}
