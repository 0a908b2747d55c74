// The bytes of one write(2) to a sysfs attribute, as the attribute's store function gets them.
//
// kernfs hands the attribute a NUL-terminated copy, at most a page of it, in memory of its own, and
// frees it when the call is over.
//
// Thread-safety: as the Slab.
#ifndef GROUPFUZZ_TARGET_KERNEL_WRITTEN_TEXT_H_
#define GROUPFUZZ_TARGET_KERNEL_WRITTEN_TEXT_H_

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "target/kernel/slab.h"
#include "target/kernel/text.h"
#include "target/types/op.h"

namespace groupfuzz::kernel {

class WrittenText {
 public:
  WrittenText(Slab& slab, const WriteBuffer& text)
      : slab_(slab),
        count_(std::min<int64_t>(text.total(), kPageSize)),
        bytes_(static_cast<char*>(slab.Allocate(count_ + 1))) {
    const int64_t literal = std::min<int64_t>(text.size, count_);
    std::memcpy(bytes_, text.bytes.data(), literal);
    std::memset(bytes_ + literal, 0, count_ + 1 - literal);
  }
  ~WrittenText() { slab_.Free(bytes_); }
  WrittenText(const WrittenText&) = delete;
  WrittenText& operator=(const WrittenText&) = delete;

  const char* bytes() const { return bytes_; }
  int64_t count() const { return count_; }

 private:
  Slab& slab_;
  int64_t count_;
  char* bytes_;
};

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_WRITTEN_TEXT_H_
