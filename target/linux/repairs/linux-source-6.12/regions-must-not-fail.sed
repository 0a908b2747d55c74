# Memory for a reserved region is not refused.
/^struct iommu_resv_region \*iommu_alloc_resv_region(/,/^}/ {
  s/kzalloc(sizeof(\*region), gfp)/kzalloc(sizeof(*region), gfp | __GFP_NOFAIL)/
}
