/* A processor without registers: threads are the harness's fibers. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_PROCESSOR_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_PROCESSOR_H_

struct task_struct;
struct pt_regs;
struct thread_struct {
  unsigned long unused;
};
#define INIT_THREAD \
  {                 \
  }
#define TASK_SIZE 0x7ffffffff000ul
#define TASK_UNMAPPED_BASE (TASK_SIZE / 3)
#define STACK_TOP TASK_SIZE
#define STACK_TOP_MAX TASK_SIZE
#define KSTK_EIP(t) 0
#define KSTK_ESP(t) 0
#define task_pt_regs(t) ((struct pt_regs*)0)
#define cpu_relax() __asm__ volatile("" ::: "memory")
static inline unsigned long __get_wchan(struct task_struct* task) { return 0; }
static inline void start_thread(struct pt_regs* regs, unsigned long pc, unsigned long sp) {}

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_PROCESSOR_H_ */
