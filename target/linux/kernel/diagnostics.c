/* What the kernel says of itself: WARN(), BUG(), the checks of lists and reference counts, and the
 * loads and stores of the code under test. Log messages go nowhere. */
#include "target/linux/kernel/environment.h"

extern int gf_lock_is_missing;

static int warning_has_text;

STAND_IN(void, __warn_printk, const char* format, ...) { warning_has_text = 1; }

void gf_warn(const char* file, int line, const char* function) {
  const struct gf_warning warning = {
      .code = __builtin_return_address(0),
      .file = file,
      .line = line,
      .function = function,
      .has_text = warning_has_text,
      .lock_not_held = gf_lock_is_missing,
      .list_corrupted = __builtin_strstr(file, "list_debug") != NULL,
  };
  warning_has_text = 0;
  gf_lock_is_missing = 0;
  gf_host->warn(&warning);
}

static void die(const char* file, int line, const void* code) {
  const struct gf_warning warning = {.code = code, .file = file, .line = line};
  gf_host->die(&warning);
}

void gf_bug(const char* file, int line) { die(file, line, __builtin_return_address(0)); }
STAND_IN(void, panic, const char* format, ...) { die(NULL, 0, __builtin_return_address(0)); }
/* Called by the compiler at the end of a function, of which a guard is not what it was. */
STAND_IN(void, __stack_chk_fail, void) { gf_host->smashed(__builtin_return_address(0)); }
STAND_IN(void, refcount_warn_saturate, refcount_t* count, int what) {
  GF_CHECK(count);
  const struct gf_warning warning = {
      .code = __builtin_return_address(0), .function = __func__, .refcount = 1};
  gf_host->warn(&warning);
}

STAND_IN(int, _printk, const char* format, ...) { return 0; }
STAND_IN(int, _dev_err, const struct device* dev, const char* format, ...) { return 0; }
STAND_IN(int, _dev_warn, const struct device* dev, const char* format, ...) { return 0; }
STAND_IN(int, _dev_info, const struct device* dev, const char* format, ...) { return 0; }
STAND_IN(int, _dev_notice, const struct device* dev, const char* format, ...) { return 0; }
STAND_IN(int, _dev_crit, const struct device* dev, const char* format, ...) { return 0; }
STAND_IN(int, _dev_alert, const struct device* dev, const char* format, ...) { return 0; }
STAND_IN(int, _dev_emerg, const struct device* dev, const char* format, ...) { return 0; }
STAND_IN(int, dev_err_probe, const struct device* dev, int error, const char* format, ...) {
  return error;
}
STAND_IN(int, _dev_printk, const char* level, const struct device* dev, const char* format, ...) {
  return 0;
}
STAND_IN(void, dump_stack, void) {}
STAND_IN(void, dump_stack_lvl, const char* level) {}
STAND_IN(int, ___ratelimit, void* state, const char* function) { return 1; }

/* A function of the kernel that has no stand-in: called by its own trap. */
void gf_missing(const char* name, const void* code) { gf_host->missing(name, code); }

void gf_mark_reads(int begin) { gf_host->mark_reads(begin); }

/* Called by instrumentation of the code under test, and only there (-fsanitize-coverage). */
static void check_access(const char* address, int writes, const void* code) {
  const char* group = (const char*)gf_group();
  const unsigned long at = address - group;
  /* Asked at each access, nearly all of which are of something else. */
  const int in_group = group != NULL && at < gf_group_size;
  const enum gf_field field = in_group ? gf_field_at(at) : GF_NO_FIELD;
  gf_host->access(address, field, writes, code);
}

/* Which basic blocks ran, where no fuzzer asks for it: a guard is 0 until its block does. */
#ifdef GF_BLOCK_COVERAGE
void __sanitizer_cov_trace_pc_guard(unsigned* guard) { *guard = 1; }
void __sanitizer_cov_trace_pc_guard_init(unsigned* begin, unsigned* end) {}
void __sanitizer_cov_pcs_init(const void* begin, const void* end) {}
#endif
/* Of what is no code under test, but whose accesses are. */
void __sanitizer_cov_bool_flag_init(bool* begin, bool* end) {}

#define ACCESS(size)                                       \
  void __sanitizer_cov_load##size(const void* address) {   \
    check_access(address, 0, __builtin_return_address(0)); \
  }                                                        \
  void __sanitizer_cov_store##size(const void* address) {  \
    check_access(address, 1, __builtin_return_address(0)); \
  }
ACCESS(1)
ACCESS(2)
ACCESS(4)
ACCESS(8)
ACCESS(16)
