// Which sanitizer's runtime the program has: GROUPFUZZ_ASAN, GROUPFUZZ_TSAN are defined or not. The
// build says so of every file, also of those that it does not instrument; whoever builds with flags
// of their own, and whatever the compiler, says it by instrumenting.
//
// Thread-safety: macros.
#ifndef GROUPFUZZ_TARGET_TYPES_SANITIZERS_H_
#define GROUPFUZZ_TARGET_TYPES_SANITIZERS_H_

#if defined(__has_feature)  // Clang
#if __has_feature(address_sanitizer) && !defined(GROUPFUZZ_ASAN)
#define GROUPFUZZ_ASAN 1
#endif
#if __has_feature(thread_sanitizer) && !defined(GROUPFUZZ_TSAN)
#define GROUPFUZZ_TSAN 1
#endif
#endif

#if defined(__SANITIZE_ADDRESS__) && !defined(GROUPFUZZ_ASAN)  // GCC
#define GROUPFUZZ_ASAN 1
#elif defined(__SANITIZE_THREAD__) && !defined(GROUPFUZZ_TSAN)
#define GROUPFUZZ_TSAN 1
#endif

#endif  // GROUPFUZZ_TARGET_TYPES_SANITIZERS_H_
