/* Atomics by the compiler's builtins, which sanitizers understand. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_ATOMIC_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_ATOMIC_H_

#include <asm/cmpxchg.h>
#include <linux/compiler.h>
#include <linux/types.h>
#define arch_atomic_read(v) __atomic_load_n(&(v)->counter, __ATOMIC_RELAXED)
#define arch_atomic_set(v, i) __atomic_store_n(&(v)->counter, (i), __ATOMIC_RELAXED)
#define ATOMIC64_INIT(i) {(i)}
#define arch_atomic64_read(v) __atomic_load_n(&(v)->counter, __ATOMIC_RELAXED)
#define arch_atomic64_set(v, i) __atomic_store_n(&(v)->counter, (i), __ATOMIC_RELAXED)

#define GF_ATOMIC_OP(type, prefix, value, op)                                 \
  static __always_inline void arch_##prefix##_##op(value i, type* v) {        \
    (void)__atomic_fetch_##op(&v->counter, i, __ATOMIC_SEQ_CST);              \
  }                                                                           \
  static __always_inline value arch_##prefix##_fetch_##op(value i, type* v) { \
    return __atomic_fetch_##op(&v->counter, i, __ATOMIC_SEQ_CST);             \
  }
#define GF_ATOMIC_RETURN(type, prefix, value, op)                                \
  static __always_inline value arch_##prefix##_##op##_return(value i, type* v) { \
    return __atomic_##op##_fetch(&v->counter, i, __ATOMIC_SEQ_CST);              \
  }
#define GF_ATOMIC_TYPE(type, prefix, value)                                                        \
  GF_ATOMIC_OP(type, prefix, value, add)                                                           \
  GF_ATOMIC_OP(type, prefix, value, sub)                                                           \
  GF_ATOMIC_OP(type, prefix, value, and)                                                           \
  GF_ATOMIC_OP(type, prefix, value, or)                                                            \
  GF_ATOMIC_OP(type, prefix, value, xor)                                                           \
  GF_ATOMIC_RETURN(type, prefix, value, add)                                                       \
  GF_ATOMIC_RETURN(type, prefix, value, sub)                                                       \
  static __always_inline value arch_##prefix##_cmpxchg(type* v, value expected, value i) {         \
    __atomic_compare_exchange_n(&v->counter, &expected, i, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
    return expected;                                                                               \
  }                                                                                                \
  static __always_inline value arch_##prefix##_xchg(type* v, value i) {                            \
    return __atomic_exchange_n(&v->counter, i, __ATOMIC_SEQ_CST);                                  \
  }
GF_ATOMIC_TYPE(atomic_t, atomic, int)
GF_ATOMIC_TYPE(atomic64_t, atomic64, s64)

/* The generic fallbacks ask by name for what is here. */
#define arch_atomic_add_return arch_atomic_add_return
#define arch_atomic_sub_return arch_atomic_sub_return
#define arch_atomic_fetch_add arch_atomic_fetch_add
#define arch_atomic_fetch_sub arch_atomic_fetch_sub
#define arch_atomic_fetch_and arch_atomic_fetch_and
#define arch_atomic_fetch_or arch_atomic_fetch_or
#define arch_atomic_fetch_xor arch_atomic_fetch_xor
#define arch_atomic_cmpxchg arch_atomic_cmpxchg
#define arch_atomic_xchg arch_atomic_xchg
#define arch_atomic64_add_return arch_atomic64_add_return
#define arch_atomic64_sub_return arch_atomic64_sub_return
#define arch_atomic64_fetch_add arch_atomic64_fetch_add
#define arch_atomic64_fetch_sub arch_atomic64_fetch_sub
#define arch_atomic64_fetch_and arch_atomic64_fetch_and
#define arch_atomic64_fetch_or arch_atomic64_fetch_or
#define arch_atomic64_fetch_xor arch_atomic64_fetch_xor
#define arch_atomic64_cmpxchg arch_atomic64_cmpxchg
#define arch_atomic64_xchg arch_atomic64_xchg

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_ATOMIC_H_ */
