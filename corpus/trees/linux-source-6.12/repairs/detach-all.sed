# A domain is detached from all members, also from those that joined since it was attached.
/^void iommu_detach_device(/,/^}/ {
  s/^\tif (WARN_ON(domain != group->domain) ||$/\tif (WARN_ON(domain != group->domain))/
  /^\t *WARN_ON(.* != 1))$/d
}
