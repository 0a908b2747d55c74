# A device that needs a direct mapping cannot join a group that is owned.
/^static int __iommu_probe_device(/,/^}/ {
  s/^\tif (group->domain) {$/\tif (group->owner \&\& dev->iommu->require_direct) {\n\t\tret = -EINVAL;\n\t\tgoto err_remove_gdev;\n\t}\n&/
}
