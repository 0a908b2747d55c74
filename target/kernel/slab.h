// Memory of the modelled kernel: kzalloc() and kfree() over one region that lives for an execution.
//
// Freed memory is never handed out again before Reset(), so an object that is used after it was
// freed is always seen: AddressSanitizer has the freed bytes poisoned, and code that must work
// without it asks IsFreed(). Reset() gives everything back at once; what was not freed by then is a
// leak, which live() counts.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_TARGET_KERNEL_SLAB_H_
#define GROUPFUZZ_TARGET_KERNEL_SLAB_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "target/kernel/racy_read.h"

namespace groupfuzz::kernel {

class Slab {
 public:
  // Enough for every allocation of the longest program: 64 writes of more than a page, and domains.
  static constexpr size_t kBytes = size_t{1} << 20;
  // POISON_INUSE of the kernel.
  static constexpr uint8_t kUninitialized = 0x5a;

  Slab();
  ~Slab();
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;

  // Never fails: failures are the fault plan's business. Memory is full of kUninitialized: what
  // code reads before it wrote there is the same in every execution, and no good pointer.
  // `code`: a return address, of the call on whose behalf; without one, that of this call.
  void* Allocate(size_t size, const void* code = nullptr);
  // REQUIRES: `object` came from Allocate and was not freed. Accepts nullptr.
  void Free(void* object);
  // False for memory that is not the slab's, which nobody can free.
  bool IsFreed(const void* object) const {
    if (!Contains(object)) return false;
    return ReadUnseen(HeaderOf(object)->freed) != 0;
  }

  // Of any address: whether it lies in an object that was freed, or behind the end of one, up to
  // the next. An end is known to the granule.
  bool IsOutside(const void* address) const {
    const auto offset = static_cast<size_t>(static_cast<const std::byte*>(address) - region_.get());
    if (offset >= kBytes) return false;
    const size_t granule = offset / kGranule;
    return (outside_[granule / kBitsPerWord] >> granule % kBitsPerWord & 1) != 0;
  }

  // Of the object that `address` lies in, freed or not; 0 where there is none. Takes a walk over
  // all objects.
  size_t SizeAt(const void* address) const;

  // Whether the region has `address`, an object or not.
  bool Contains(const void* address) const {
    const auto* byte = static_cast<const std::byte*>(address);
    return byte >= region_.get() && byte < region_.get() + kBytes;
  }

  int live() const { return live_; }
  // Where each object that is not freed was allocated, the oldest first: offsets of code, for
  // SourceLineAt(). Takes a walk over all objects.
  std::vector<uint32_t> LiveAllocations() const;
  void Reset();

  // Hash of every object that is not freed: where it lies, its size, its bytes. Equal states of a
  // program whose objects are all in here give equal values; two states that are equal but for the
  // addresses of their objects do not.
  uint64_t Fingerprint() const;

  template <typename T, typename... Args>
  T* New(Args&&... args) {
    return new (Allocate(sizeof(T))) T{std::forward<Args>(args)...};
  }
  template <typename T>
  T* NewFor(const void* code) {
    return new (Allocate(sizeof(T), code)) T{};
  }
  template <typename T>
  void Delete(T* object) {
    if (object == nullptr) return;
    object->~T();
    Free(object);
  }

 private:
  // Lies directly before its object, in poisoned memory.
  struct alignas(16) Header {
    uint32_t size;
    uint32_t freed;
    uint32_t code;
  };
  static Header* HeaderOf(const void* object) {
    return reinterpret_cast<Header*>(const_cast<void*>(object)) - 1;
  }
  static void WriteHeader(Header* header, const Header& value);
  static size_t BytesFor(size_t size);
  void MarkOutside(const std::byte* begin, const std::byte* end);

  static constexpr size_t kAlignment = 16;
  static constexpr size_t kGranule = 8;
  static constexpr size_t kBitsPerWord = 64;

  std::unique_ptr<std::byte[]> region_;
  // One bit a granule.
  std::array<uint64_t, kBytes / kGranule / kBitsPerWord> outside_{};
  size_t used_ = 0;
  int live_ = 0;
};

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_SLAB_H_
