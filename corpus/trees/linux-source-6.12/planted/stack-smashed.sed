# A write is copied into a local array beyond its end.
# expect I44
# says the function that returns has written beyond a local variable
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tmutex_lock(&group->mutex);$/&\n\t{\n\t\tchar word[8];\n\t\tstrncpy(word, buf, 2 * sizeof(word));\n\t\tOPTIMIZER_HIDE_VAR(*word);\n\t}/
}
