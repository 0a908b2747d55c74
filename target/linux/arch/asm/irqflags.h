/* Interrupts are never off: there are none. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_IRQFLAGS_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_IRQFLAGS_H_

#define ARCH_IRQ_DISABLED 1
#define ARCH_IRQ_ENABLED 0
static inline unsigned long arch_local_save_flags(void) { return ARCH_IRQ_ENABLED; }
static inline void arch_local_irq_restore(unsigned long flags) {}
#define arch_local_save_flags arch_local_save_flags
#define arch_local_irq_restore arch_local_irq_restore
#include <asm-generic/irqflags.h>

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_IRQFLAGS_H_ */
