/* WARN() names its function and line, every time: executions begin anew, so once is never. */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_BUG_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_BUG_H_

#ifndef __ASSEMBLY__
void gf_warn(const char* file, int line, const char* function, unsigned flags);
#define BUGFLAG_ONCE 0
#define BUGFLAG_NO_CUT_HERE 0
#define BUGFLAG_TAINT(taint) 0
#define __WARN_FLAGS(flags) gf_warn(__FILE__, __LINE__, __func__, (flags))
#endif
#include <asm-generic/bug.h>

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_BUG_H_ */
