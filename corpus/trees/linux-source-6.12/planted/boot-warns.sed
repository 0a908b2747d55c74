# The first attach of a group is warned of, before anybody could do anything.
# expect W1
# says WARN at iommu.c
/^int bus_iommu_probe(/,/^}/ {
  s/^\t\tlist_del_init(&group->entry);$/&\n\t\tWARN_ON(group->domain == NULL);/
}
