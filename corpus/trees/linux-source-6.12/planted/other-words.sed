# store_type copies and parses its text with other functions of the kernel, and takes its lock so that it
# may be interrupted: no change of what it does.
# expect nothing
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tint ret, req_type;$/\tstatic const char *const words[] = {"identity", "DMA", "DMA-FQ", "auto"};\n\tchar *copy __free(kfree) = NULL;\n\tint ret, req_type, word;/
  s/^\tif (sysfs_streq(buf, "identity"))$/\tcopy = kstrndup(buf, count, GFP_KERNEL);\n\tif (!copy)\n\t\treturn -ENOMEM;\n\tword = __sysfs_match_string(words, ARRAY_SIZE(words), copy);\n\tdev_dbg(NULL, "%s", copy);\n\tif (word == 0)/
  s/^\telse if (sysfs_streq(buf, "DMA"))$/\telse if (word == 1)/
  s/^\telse if (sysfs_streq(buf, "DMA-FQ"))$/\telse if (word == 2)/
  s/^\telse if (sysfs_streq(buf, "auto"))$/\telse if (word == 3)/
  s/^\tmutex_lock(&group->mutex);$/\tret = mutex_lock_interruptible(\&group->mutex);\n\tif (ret)\n\t\treturn ret;/
}
