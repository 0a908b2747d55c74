/* Stand-ins for locks. A mutex or semaphore is its address and lockdep's name of it; its state is
 * with the harness, which schedules there. Spinlocks guard nothing that can be preempted here. */
#include <linux/rwsem.h>

#include "target/linux/kernel/environment.h"

int gf_debug_locks __asm__("debug_locks") = 1;
struct lockdep_map gf_rcu_lock_map __asm__("rcu_lock_map");
/* The last question lockdep asked was answered with no. */
int gf_lock_is_missing;

const char gf_device_lock_name[] = "device_lock";

/* The device whose device_lock `mutex` is, or -1. Who has a reference may use it after the device
 * was unplugged. */
static int device_of(const struct mutex* mutex) {
  if (mutex->dep_map.name != gf_device_lock_name) return -1;
  return container_of(mutex, struct gf_device, pci.dev.mutex)->index;
}

static __always_inline void lock_mutex(struct mutex* mutex) {
  GF_CHECK(mutex);
  gf_host->lock(mutex, mutex->dep_map.name, device_of(mutex), 0);
}

STAND_IN(void, __mutex_init, struct mutex* mutex, const char* name, void* key) {
  __builtin_memset(mutex, 0, sizeof(*mutex));
  mutex->dep_map.name = name;
}
STAND_IN(void, mutex_init_lockdep, struct mutex* mutex, const char* name, void* key) {
  gf_stand_in___mutex_init(mutex, name, key);
}
STAND_IN(void, mutex_lock_nested, struct mutex* mutex, unsigned subclass) { lock_mutex(mutex); }
STAND_IN(void, mutex_lock, struct mutex* mutex) { lock_mutex(mutex); }
/* Nobody sends a signal here. */
STAND_IN(int, mutex_lock_interruptible_nested, struct mutex* mutex, unsigned subclass) {
  lock_mutex(mutex);
  return 0;
}
STAND_IN(int, mutex_lock_killable_nested, struct mutex* mutex, unsigned subclass) {
  lock_mutex(mutex);
  return 0;
}
STAND_IN(int, mutex_trylock, struct mutex* mutex) {
  GF_CHECK(mutex);
  return gf_host->try_lock(mutex, mutex->dep_map.name, device_of(mutex), 0);
}
STAND_IN(void, mutex_unlock, struct mutex* mutex) {
  GF_CHECK(mutex);
  gf_host->unlock(mutex, mutex->dep_map.name, device_of(mutex), 0);
}

STAND_IN(void, __init_rwsem, struct rw_semaphore* semaphore, const char* name, void* key) {
  __builtin_memset(semaphore, 0, sizeof(*semaphore));
  semaphore->dep_map.name = name;
}
static __always_inline void acquire(struct rw_semaphore* semaphore, int shared) {
  GF_CHECK(semaphore);
  gf_host->lock(semaphore, semaphore->dep_map.name, -1, shared);
}
static __always_inline int try_acquire(struct rw_semaphore* semaphore, int shared) {
  GF_CHECK(semaphore);
  return gf_host->try_lock(semaphore, semaphore->dep_map.name, -1, shared);
}
static __always_inline void release(struct rw_semaphore* semaphore, int shared) {
  GF_CHECK(semaphore);
  gf_host->unlock(semaphore, semaphore->dep_map.name, -1, shared);
}
STAND_IN(void, down_read, struct rw_semaphore* semaphore) { acquire(semaphore, 1); }
STAND_IN(void, down_read_nested, struct rw_semaphore* semaphore, int subclass) {
  acquire(semaphore, 1);
}
STAND_IN(void, up_read, struct rw_semaphore* semaphore) { release(semaphore, 1); }
STAND_IN(void, down_write, struct rw_semaphore* semaphore) { acquire(semaphore, 0); }
STAND_IN(void, down_write_nested, struct rw_semaphore* semaphore, int subclass) {
  acquire(semaphore, 0);
}
STAND_IN(void, up_write, struct rw_semaphore* semaphore) { release(semaphore, 0); }

STAND_IN(int, down_write_killable, struct rw_semaphore* semaphore) {
  acquire(semaphore, 0);
  return 0;
}
STAND_IN(int, down_read_killable, struct rw_semaphore* semaphore) {
  acquire(semaphore, 1);
  return 0;
}
STAND_IN(int, down_read_interruptible, struct rw_semaphore* semaphore) {
  acquire(semaphore, 1);
  return 0;
}
STAND_IN(int, down_read_trylock, struct rw_semaphore* semaphore) {
  return try_acquire(semaphore, 1);
}
STAND_IN(int, down_write_trylock, struct rw_semaphore* semaphore) {
  return try_acquire(semaphore, 0);
}

/* lockdep_assert_held(): a dep_map is a member of its lock, whatever kind that is. */
STAND_IN(int, lock_is_held_type, const struct lockdep_map* map, int read) {
  const char* address = (const char*)map;
  void* mutex = (void*)(address - offsetof(struct mutex, dep_map));
  void* semaphore = (void*)(address - offsetof(struct rw_semaphore, dep_map));
  gf_lock_is_missing = !gf_host->holds(mutex, map->name, device_of(mutex)) &&
                       !gf_host->holds(semaphore, map->name, -1);
  return !gf_lock_is_missing;
}
STAND_IN(void, lock_acquire, void* map) {}
STAND_IN(void, lock_release, void* map) {}
STAND_IN(void, fs_reclaim_acquire, gfp_t flags) {}
STAND_IN(void, fs_reclaim_release, gfp_t flags) {}
STAND_IN(int, __cond_resched, void) { return 0; }
STAND_IN(int, __SCT__might_resched, void) { return 0; }
STAND_IN(void, __might_sleep, const char* file, int line) {}

STAND_IN(void, __raw_spin_lock_init, raw_spinlock_t* lock, const char* name, void* key, short in) {
  __builtin_memset(lock, 0, sizeof(*lock));
}
static __always_inline void order_by(raw_spinlock_t* lock) {
  GF_CHECK(lock);
  gf_host->order(lock);
}
STAND_IN(void, _raw_spin_lock, raw_spinlock_t* lock) { order_by(lock); }
STAND_IN(void, _raw_spin_lock_irq, raw_spinlock_t* lock) { order_by(lock); }
STAND_IN(void, _raw_spin_lock_bh, raw_spinlock_t* lock) { order_by(lock); }
STAND_IN(unsigned long, _raw_spin_lock_irqsave, raw_spinlock_t* lock) {
  order_by(lock);
  return 0;
}
STAND_IN(void, _raw_spin_unlock, raw_spinlock_t* lock) { order_by(lock); }
STAND_IN(void, _raw_spin_unlock_irq, raw_spinlock_t* lock) { order_by(lock); }
STAND_IN(void, _raw_spin_unlock_bh, raw_spinlock_t* lock) { order_by(lock); }
STAND_IN(void, _raw_spin_unlock_irqrestore, raw_spinlock_t* lock, unsigned long flags) {
  order_by(lock);
}

struct task_struct* gf_current(void) { return NULL; }
struct thread_info* gf_thread_info(void) {
  static struct thread_info info;
  return &info;
}
