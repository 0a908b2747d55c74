/* The running task is the harness's business. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_CURRENT_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_CURRENT_H_

struct task_struct;
extern struct task_struct* gf_current(void);
#define get_current() gf_current()
#define current get_current()

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_CURRENT_H_ */
