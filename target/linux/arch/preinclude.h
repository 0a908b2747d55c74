/* Read before every unit of a tree: initcalls go into sections whose bounds C can name. */
#ifndef GROUPFUZZ_LINUX_ARCH_PREINCLUDE_H_
#define GROUPFUZZ_LINUX_ARCH_PREINCLUDE_H_

#include <linux/init.h>
#undef ___define_initcall
#define ___define_initcall(fn, id, sec)                                                          \
  static initcall_t* const gf_initcall_##fn __attribute__((used, section("gf_initcalls" #id))) = \
      (initcall_t*)fn

#endif /* GROUPFUZZ_LINUX_ARCH_PREINCLUDE_H_ */
