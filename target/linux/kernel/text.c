/* Stand-ins for the kernel's string functions. vsnprintf is libc's: %p extensions print a plain
 * pointer, which only logs would show. */
#include "target/linux/kernel/environment.h"

int gf_vsnprintf(char* out, size_t size, const char* format,
                 va_list arguments) __asm__("vsnprintf");

static __always_inline char* print(gfp_t flags, const char* format, va_list arguments) {
  char text[256]; /* names of kobjects and links */
  gf_vsnprintf(text, sizeof(text), format, arguments);
  return gf_duplicate(text, __builtin_strlen(text) + 1, flags);
}
STAND_IN(char*, kvasprintf, gfp_t flags, const char* format, va_list arguments) {
  return print(flags, format, arguments);
}
STAND_IN(const char*, kvasprintf_const, gfp_t flags, const char* format, va_list arguments) {
  return print(flags, format, arguments);
}
STAND_IN(char*, kasprintf, gfp_t flags, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char* text = print(flags, format, arguments);
  va_end(arguments);
  return text;
}

STAND_IN(int, sysfs_emit, char* page, const char* format, ...) {
  GF_CHECK(page);
  va_list arguments;
  va_start(arguments, format);
  const int length = gf_vsnprintf(page, PAGE_SIZE, format, arguments);
  va_end(arguments);
  return length;
}
STAND_IN(int, sysfs_emit_at, char* page, int at, const char* format, ...) {
  GF_CHECK(page);
  if (at < 0 || at >= PAGE_SIZE) return 0;
  va_list arguments;
  va_start(arguments, format);
  const int length = gf_vsnprintf(page + at, PAGE_SIZE - at, format, arguments);
  va_end(arguments);
  return length;
}

/* Equal, or equal but for one newline at the end of either. */
STAND_IN(bool, sysfs_streq, const char* a, const char* b) {
  GF_CHECK(a);
  GF_CHECK(b);
  for (; *a != '\0' && *a == *b; ++a, ++b) continue;
  if (*a == '\n' && a[1] == '\0' && *b == '\0') return true;
  if (*b == '\n' && b[1] == '\0' && *a == '\0') return true;
  return *a == *b;
}
STAND_IN(int, match_string, const char* const* array, size_t size, const char* text) {
  GF_CHECK(text);
  for (size_t i = 0; i < size && array[i] != NULL; ++i) {
    if (__builtin_strcmp(array[i], text) == 0) return i;
  }
  return -EINVAL;
}
STAND_IN(int, __sysfs_match_string, const char* const* array, size_t size, const char* text) {
  GF_CHECK(text);
  for (size_t i = 0; i < size && array[i] != NULL; ++i) {
    if (gf_stand_in_sysfs_streq(array[i], text)) return i;
  }
  return -EINVAL;
}
STAND_IN(char*, skip_spaces, const char* text) {
  GF_CHECK(text);
  while (*text == ' ' || (*text >= '\t' && *text <= '\r')) ++text;
  return (char*)text;
}
STAND_IN(char*, strim, char* text) {
  GF_CHECK(text);
  size_t length = __builtin_strlen(text);
  while (length > 0 && gf_stand_in_skip_spaces(text + length - 1) != text + length - 1) --length;
  text[length] = '\0';
  return gf_stand_in_skip_spaces(text);
}
static __always_inline ssize_t copy_text(char* to, const char* from, size_t size) {
  GF_CHECK(from);
  if (size == 0) return -E2BIG;
  size_t at = 0;
  for (; at < size - 1 && from[at] != '\0'; ++at) to[at] = from[at];
  to[at] = '\0';
  return from[at] == '\0' ? (ssize_t)at : -E2BIG;
}
STAND_IN(ssize_t, strscpy, char* to, const char* from, size_t size) {
  return copy_text(to, from, size);
}
STAND_IN(ssize_t, sized_strscpy, char* to, const char* from, size_t size) {
  return copy_text(to, from, size);
}
STAND_IN(char*, strreplace, char* text, char old, char new) {
  GF_CHECK(text);
  for (char* at = text; *at != '\0'; ++at) {
    if (*at == old) *at = new;
  }
  return text;
}
STAND_IN(int, kstrtobool, const char* text, bool* result) {
  *result = text != NULL && (*text == '1' || *text == 'y');
  return 0;
}

STAND_IN(unsigned int, __sw_hweight64, u64 word) { return __builtin_popcountll(word); }
STAND_IN(void, __bitmap_clear, unsigned long* map, unsigned int start, int count) {
  for (unsigned int bit = start; bit < start + count; ++bit) {
    map[bit / BITS_PER_LONG] &= ~(1ul << bit % BITS_PER_LONG);
  }
}
