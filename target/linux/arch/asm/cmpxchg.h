/* Compare-and-swap by the compiler's builtins, which sanitizers understand. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_CMPXCHG_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_CMPXCHG_H_

#include <linux/compiler.h>
#include <linux/types.h>
#define arch_xchg(p, value)                                   \
  ({                                                          \
    __typeof__(*(p)) __new = (value), __old;                  \
    __atomic_exchange((p), &__new, &__old, __ATOMIC_SEQ_CST); \
    __old;                                                    \
  })
#define arch_cmpxchg(p, expected, value)                                                   \
  ({                                                                                       \
    __typeof__(*(p)) __old = (expected), __new = (value);                                  \
    __atomic_compare_exchange((p), &__old, &__new, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
    __old;                                                                                 \
  })
#define arch_try_cmpxchg(p, expected, value)                                      \
  ({                                                                              \
    __typeof__(*(p)) __new = (value);                                             \
    (bool)__atomic_compare_exchange((p), (expected), &__new, 0, __ATOMIC_SEQ_CST, \
                                    __ATOMIC_SEQ_CST);                            \
  })
#define arch_cmpxchg64 arch_cmpxchg
#define arch_cmpxchg_local arch_cmpxchg
#define arch_cmpxchg64_local arch_cmpxchg
#define arch_try_cmpxchg64 arch_try_cmpxchg
#define arch_try_cmpxchg_local arch_try_cmpxchg
#define system_has_cmpxchg_double() 0
static __always_inline void set_64bit(volatile unsigned long long* p, unsigned long long value) {
  *p = value;
}

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_CMPXCHG_H_ */
