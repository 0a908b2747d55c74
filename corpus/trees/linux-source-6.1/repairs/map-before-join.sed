# A device that joins a group has its direct regions mapped before it is attached.
/^int iommu_group_add_device(/,/^}/ {
  s/^\tif (group->domain  && !iommu_is_attach_deferred(dev))$/\tif (group->domain)\n\t\tiommu_create_device_direct_mappings(group, dev);\n&/
}
