/* The flags of a thread, for headers to compile. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_THREAD_INFO_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_THREAD_INFO_H_

#define THREAD_SIZE_ORDER 2
#define THREAD_SIZE 16384
#ifndef __ASSEMBLY__
struct task_struct;
struct thread_info {
  unsigned long flags;
  int preempt_count;
  int cpu;
  unsigned long syscall_work;
  struct task_struct* task;
};
extern struct thread_info* gf_thread_info(void);
#define current_thread_info() gf_thread_info()
#define INIT_THREAD_INFO(task) \
  {                            \
  }
#endif
#define TIF_SYSCALL_TRACE 0
#define TIF_SIGPENDING 1
#define TIF_NEED_RESCHED 2
#define TIF_NOTIFY_SIGNAL 3
#define TIF_RESTORE_SIGMASK 4
#define TIF_NOTIFY_RESUME 5
#define TIF_MEMDIE 6
#define TIF_POLLING_NRFLAG 7
#define TIF_UPROBE 8
#define _TIF_SIGPENDING (1 << TIF_SIGPENDING)
#define _TIF_NEED_RESCHED (1 << TIF_NEED_RESCHED)
#define _TIF_NOTIFY_SIGNAL (1 << TIF_NOTIFY_SIGNAL)
#define _TIF_NOTIFY_RESUME (1 << TIF_NOTIFY_RESUME)

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_THREAD_INFO_H_ */
