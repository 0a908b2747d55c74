/* Stand-ins for the allocator. Failures come from the fault plan, and only where the kernel may
 * sleep and copes with them: what is allocated under a spinlock never fails here and is no
 * scheduling point. */
#include <linux/xarray.h>

#include "target/linux/kernel/environment.h"

typeof(kmalloc_caches) kmalloc_caches;
struct kmem_cache* gf_radix_tree_node_cachep __asm__("radix_tree_node_cachep");

void* gf_zalloc_for(unsigned long size, const void* code) {
  void* memory = gf_host->allocate(size, code);
  __builtin_memset(memory, 0, size);
  return memory;
}

STAND_IN(void*, kmalloc_trace, void* cache, gfp_t flags, size_t size) {
  return gf_kmalloc(size, flags);
}
STAND_IN(void*, __kmalloc_cache_noprof, void* cache, gfp_t flags, size_t size) {
  return gf_kmalloc(size, flags);
}
STAND_IN(void*, __kmalloc, size_t size, gfp_t flags) { return gf_kmalloc(size, flags); }
STAND_IN(void*, __kmalloc_noprof, size_t size, gfp_t flags) { return gf_kmalloc(size, flags); }

/* ZERO_SIZE_PTR is no memory either. */
static __always_inline void give_back(const void* memory) {
  if (ZERO_OR_NULL_PTR(memory)) return;
  GF_CHECK(memory);
  gf_host->free(memory);
}
STAND_IN(void, kfree, const void* memory) { give_back(memory); }
STAND_IN(void, kfree_const, const void* memory) { give_back(memory); }
STAND_IN(void, kfree_sensitive, const void* memory) { give_back(memory); }
STAND_IN(void, kvfree, const void* memory) { give_back(memory); }
STAND_IN(void*, kvmalloc_node, size_t size, gfp_t flags, int node) {
  return gf_kmalloc(size, flags);
}
STAND_IN(void*, __kvmalloc_node_noprof, size_t size, gfp_t flags, int node) {
  return gf_kmalloc(size, flags);
}

static __always_inline char* duplicate_string(const char* text, gfp_t flags) {
  if (text != NULL) GF_CHECK(text);
  return text == NULL ? NULL : gf_duplicate(text, __builtin_strlen(text) + 1, flags);
}
STAND_IN(char*, kstrdup, const char* text, gfp_t flags) { return duplicate_string(text, flags); }
STAND_IN(const char*, kstrdup_const, const char* text, gfp_t flags) {
  return duplicate_string(text, flags);
}
static __always_inline char* duplicate_text(const char* text, size_t length, gfp_t flags) {
  char* copy = gf_kmalloc(length + 1, flags);
  if (copy == NULL) return NULL;
  __builtin_memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}
/* At most `max` bytes of `text`, and a NUL. */
STAND_IN(char*, kstrndup, const char* text, size_t max, gfp_t flags) {
  if (text == NULL) return NULL;
  GF_CHECK(text);
  size_t length = 0;
  while (length < max && text[length] != '\0') ++length;
  return duplicate_text(text, length, flags);
}
STAND_IN(char*, kmemdup_nul, const char* from, size_t size, gfp_t flags) {
  GF_CHECK(from);
  return duplicate_text(from, size, flags);
}
STAND_IN(void*, kmemdup, const void* from, size_t size, gfp_t flags) {
  GF_CHECK(from);
  return gf_duplicate(from, size, flags);
}
STAND_IN(void*, kmemdup_noprof, const void* from, size_t size, gfp_t flags) {
  GF_CHECK(from);
  return gf_duplicate(from, size, flags);
}

/* Nodes of the xarray. There is never one in reserve, so that it always takes the way on which an
 * allocation may fail: outside its lock. */
static __always_inline void* allocate_node(gfp_t flags) {
  if ((flags & __GFP_DIRECT_RECLAIM) == 0) return NULL;
  return gf_kmalloc(sizeof(struct xa_node), flags | __GFP_ZERO);
}
STAND_IN(void*, kmem_cache_alloc_lru, void* cache, void* lru, gfp_t flags) {
  return allocate_node(flags);
}
STAND_IN(void*, kmem_cache_alloc_lru_noprof, void* cache, void* lru, gfp_t flags) {
  return allocate_node(flags);
}
STAND_IN(void, radix_tree_node_rcu_free, struct rcu_head* head) {
  gf_host->free(container_of(head, struct xa_node, rcu_head));
}
/* Nobody reads under RCU here, so every grace period is over at once. */
STAND_IN(void, synchronize_rcu, void) {}
STAND_IN(void, kvfree_call_rcu, struct rcu_head* head, void* memory) { give_back(memory); }
STAND_IN(void, call_rcu, struct rcu_head* head, void (*callback)(struct rcu_head*)) {
  callback(head);
}
