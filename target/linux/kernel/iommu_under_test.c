/* The iommu.c of the tree, and what must be known of the types that it keeps to itself. */
#include <linux/device.h>
#include <linux/mutex.h>

#include "target/linux/boundary.h"

/* A list of who takes which mutex, made by the linker: what the scheduler may leave out. */
#define GF_SITE static const struct gf_lock_site __attribute__((section("gf_lock_sites"), used))
#define GF_LOCK_SITE(name) ({ GF_SITE site = {name, __func__}; })
#define device_lock(dev) (GF_LOCK_SITE("device_lock"), device_lock(dev))
#undef mutex_lock
#define mutex_lock(lock) (GF_LOCK_SITE(#lock), mutex_lock_nested(lock, 0))
#undef mutex_lock_interruptible
#define mutex_lock_interruptible(lock) \
  (GF_LOCK_SITE(#lock), mutex_lock_interruptible_nested(lock, 0))
#undef mutex_lock_killable
#define mutex_lock_killable(lock) (GF_LOCK_SITE(#lock), mutex_lock_killable_nested(lock, 0))
#define mutex_trylock(lock) (GF_LOCK_SITE("try"), mutex_trylock(lock))
#define down_read_trylock(lock) (GF_LOCK_SITE("try"), down_read_trylock(lock))
#define down_write_trylock(lock) (GF_LOCK_SITE("try"), down_write_trylock(lock))
#ifdef guard
#undef guard
#define guard(name)                                                 \
  GF_SITE __UNIQUE_ID(guard_site) = {"guard(" #name ")", __func__}; \
  CLASS(name, __UNIQUE_ID(guard))
#endif

/* A read whose author says that it takes no lock. */
void gf_mark_reads(int begin);
#undef READ_ONCE
#define READ_ONCE(x)                                          \
  ({                                                          \
    compiletime_assert_rwonce_type(x);                        \
    const typeof(&(x)) gf_at = &(x);                          \
    gf_mark_reads(1);                                         \
    __unqual_scalar_typeof(x) gf_value = __READ_ONCE(*gf_at); \
    gf_mark_reads(0);                                         \
    (typeof(x))gf_value;                                      \
  })
#undef data_race
#define data_race(expression)            \
  ({                                     \
    gf_mark_reads(1);                    \
    __auto_type gf_value = (expression); \
    gf_mark_reads(0);                    \
    gf_value;                            \
  })

#include "iommu.c"
#include "target/linux/kernel/environment.h"

#define IN_FIELD(name)                         \
  (at >= offsetof(struct iommu_group, name) && \
   at < offsetof(struct iommu_group, name) + sizeof(((struct iommu_group*)0)->name))
/* In either order: releases move fields. */
enum {
  FIRST = offsetof(struct iommu_group, default_domain),
  LAST = offsetof(struct iommu_group, owner),
  BEGIN = FIRST < LAST ? FIRST : LAST,
  END = (FIRST < LAST ? LAST : FIRST) + sizeof(void*),
};

/* Asked at each access of the code under test, of which it is none. */
#define NOT_UNDER_TEST __attribute__((no_sanitize("coverage")))
NOT_UNDER_TEST enum gf_field gf_field_at(unsigned long at) {
  if (IN_FIELD(devices)) return GF_DEVICES_FIELD;
  if (at < BEGIN || at >= END) return GF_NO_FIELD;
  if (IN_FIELD(default_domain)) return GF_DEFAULT_DOMAIN;
  if (IN_FIELD(blocking_domain)) return GF_BLOCKING_DOMAIN;
  if (IN_FIELD(domain)) return GF_DOMAIN;
  if (IN_FIELD(owner_cnt)) return GF_OWNER_CNT;
  return IN_FIELD(owner) ? GF_OWNER : GF_OTHER_FIELD;
}

const unsigned gf_group_size = sizeof(struct iommu_group);
const unsigned gf_member_size = sizeof(struct group_device);

NOT_UNDER_TEST struct iommu_group* gf_group_of_kobject(struct kobject* kobj) {
  return container_of(kobj, struct iommu_group, kobj);
}
struct mutex* gf_group_mutex(struct iommu_group* group) { return &group->mutex; }

static int cookie_of(const void* owner) {
  if (owner == NULL) return GF_NULL_COOKIE;
  for (int i = 0; i < GF_COOKIES; ++i) {
    if (owner == &gf_cookies[i]) return i;
  }
  return -1;
}

static void view_pasids(struct iommu_group* group, struct gf_group_view* view) {
#if defined(HAVE_ATTACH_PASID_HANDLE) || defined(HAVE_ATTACH_PASID)
  for (unsigned long i = 0; i <= GF_PASID_ENTRIES; ++i) {
    XA_STATE(state, &group->pasid_array, i);
    const void* entry = xas_load(&state);
    if (entry != NULL) view->pasids |= 1u << i;
    if (entry == XA_ZERO_ENTRY) view->reserved |= 1u << i;
  }
#endif
}

static void view_members(struct iommu_group* group, struct gf_group_view* view) {
  struct group_device* member;
  list_for_each_entry(member, &group->devices, list) {
    if (view->members > GF_DEVICES) {
      view->endless = 1;
      return;
    }
    const int index = gf_device_of(member->dev)->index;
    view->member_set |= 1u << index;
    ++view->members;
  }
}

static int is_in(const char* address, const void* object, unsigned long size) {
  return object != NULL && (unsigned long)(address - (const char*)object) < size;
}

int gf_group_reaches(struct iommu_group* group, const void* address) {
  const struct iommu_domain* const domains[] = {group->default_domain, group->blocking_domain,
                                                group->domain};
  for (int i = 0; i < 3; ++i) {
    if (is_in(address, domains[i], sizeof(*domains[i]))) return 1;
  }
  int left = GF_DEVICES;
  struct group_device* member;
  list_for_each_entry(member, &group->devices, list) {
    if (is_in(address, member, sizeof(*member))) return 1;
    if (left-- == 0) break;
  }
  return 0;
}

void gf_view_group(struct iommu_group* group, struct gf_group_view* view) {
  view->exists = 1;
  view->owner_cnt = group->owner_cnt;
  view->owner = cookie_of(group->owner);
  view->default_domain = group->default_domain;
  view->blocking_domain = group->blocking_domain;
  view->domain = group->domain;
  view_pasids(group, view);
  view_members(group, view);
}
