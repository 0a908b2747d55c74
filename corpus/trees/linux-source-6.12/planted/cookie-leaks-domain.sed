# A domain that gets no cookie is not freed.
# expect I24
# says never freed, allocated at iommu.c
/rc = iommu_get_dma_cookie(domain);/,/return ERR_PTR(rc);/ {
  /iommu_domain_free(domain);/d
}
