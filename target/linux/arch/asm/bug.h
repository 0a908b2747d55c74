/* WARN() names its function and line, every time: executions begin anew, so once is never. So does
 * BUG(). */
#ifndef GROUPFUZZ_LINUX_ARCH_ASM_BUG_H_
#define GROUPFUZZ_LINUX_ARCH_ASM_BUG_H_

#ifndef __ASSEMBLY__
void gf_warn(const char* file, int line, const char* function);
__attribute__((noreturn)) void gf_bug(const char* file, int line);
#define BUGFLAG_ONCE 0
#define BUGFLAG_NO_CUT_HERE 0
#define BUGFLAG_TAINT(taint) 0
/* Some releases name the condition before the flags. */
#define __WARN_FLAGS(...) gf_warn(__FILE__, __LINE__, __func__)
#define HAVE_ARCH_BUG
#define BUG() gf_bug(__FILE__, __LINE__)
#endif
#include <asm-generic/bug.h>

#endif /* GROUPFUZZ_LINUX_ARCH_ASM_BUG_H_ */
