# A device with PASIDs joins no group in which one is attached.
/^static int __iommu_probe_device(/,/^}/ {
  s/^\tif (group->domain) {$/\tif (dev->iommu->max_pasids) {\n\t\tXA_STATE(xas, \&group->pasid_array, IOMMU_FIRST_GLOBAL_PASID);\n\t\tvoid *entry;\n\n\t\txa_lock(\&group->pasid_array);\n\t\tentry = xas_find(\&xas, ULONG_MAX);\n\t\txa_unlock(\&group->pasid_array);\n\t\tif (entry) {\n\t\t\tret = -EINVAL;\n\t\t\tgoto err_remove_gdev;\n\t\t}\n\t}\n&/
}
