#include "target/kernel/slab.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "target/kernel/memory_hash.h"
#include "target/kernel/source_line.h"
#include "target/kernel/unsupported.h"
#include "target/types/hash.h"
#include "target/types/sanitizers.h"

#ifdef GROUPFUZZ_ASAN
#include <sanitizer/asan_interface.h>
#define NO_ASAN __attribute__((no_sanitize("address")))
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define NO_ASAN
#endif

namespace groupfuzz::kernel {
namespace {

// Poisoned bytes behind every object: catches an access that runs past its end.
constexpr size_t kRedzone = 32;

constexpr size_t RoundUp(size_t size, size_t unit) { return (size + unit - 1) / unit * unit; }

}  // namespace

// Headers lie in poisoned memory, where only the allocator itself may look.
NO_ASAN void Slab::WriteHeader(Header* header, const Header& value) {
  header->size = value.size;
  header->freed = value.freed;
  header->code = value.code;
}

// What an object of `size` bytes takes up, its header and the redzone after it included.
size_t Slab::BytesFor(size_t size) { return sizeof(Header) + RoundUp(size, kAlignment) + kRedzone; }

Slab::Slab() : region_(new std::byte[kBytes]) { ASAN_POISON_MEMORY_REGION(region_.get(), kBytes); }

Slab::~Slab() { ASAN_UNPOISON_MEMORY_REGION(region_.get(), kBytes); }

void* Slab::Allocate(size_t size, const void* code) {
  const size_t needed = BytesFor(size);
  if (used_ + needed > kBytes) {
    throw Unsupported{"an execution allocates more than " + std::to_string(kBytes) + " bytes"};
  }
  const std::byte* begin = region_.get() + used_;
  std::byte* object = region_.get() + used_ + sizeof(Header);
  used_ += needed;
  ++live_;
  MarkOutside(begin, object);
  MarkOutside(object + RoundUp(size, kGranule), begin + needed);
  WriteHeader(HeaderOf(object),
              {.size = static_cast<uint32_t>(size),
               .freed = 0,
               .code = CodeOffset(code != nullptr ? code : __builtin_return_address(0))});
  ASAN_UNPOISON_MEMORY_REGION(object, size);
  std::memset(object, kUninitialized, size);
  return object;
}

void Slab::Free(void* object) {
  if (object == nullptr) return;
  Header* header = HeaderOf(object);
  const uint32_t size = ReadUnseen(header->size);
  WriteHeader(header, {.size = size, .freed = 1, .code = ReadUnseen(header->code)});
  auto* begin = static_cast<const std::byte*>(object);
  MarkOutside(begin, begin + RoundUp(size, kGranule));
  --live_;
  ASAN_POISON_MEMORY_REGION(object, size);
}

void Slab::MarkOutside(const std::byte* begin, const std::byte* end) {
  const auto last = static_cast<size_t>(end - region_.get()) / kGranule;
  for (size_t at = static_cast<size_t>(begin - region_.get()) / kGranule; at < last; ++at) {
    outside_[at / kBitsPerWord] |= uint64_t{1} << at % kBitsPerWord;
  }
}

size_t Slab::SizeAt(const void* address) const {
  const auto offset = static_cast<size_t>(static_cast<const std::byte*>(address) - region_.get());
  for (size_t at = 0; at < used_;) {
    const size_t begin = at + sizeof(Header);
    const size_t size = ReadUnseen(HeaderOf(region_.get() + begin)->size);
    if (offset >= begin && offset < begin + size) return size;
    at += BytesFor(size);
  }
  return 0;
}

std::vector<uint32_t> Slab::LiveAllocations() const {
  std::vector<uint32_t> places;
  for (size_t at = 0; at < used_;) {
    const Header* header = HeaderOf(region_.get() + at + sizeof(Header));
    if (ReadUnseen(header->freed) == 0) places.push_back(ReadUnseen(header->code));
    at += BytesFor(ReadUnseen(header->size));
  }
  return places;
}

uint64_t Slab::Fingerprint() const {
  uint64_t hash = 0;
  for (size_t at = 0; at < used_;) {
    const std::byte* object = region_.get() + at + sizeof(Header);
    const size_t size = ReadUnseen(HeaderOf(object)->size);
    if (ReadUnseen(HeaderOf(object)->freed) == 0) hash = FoldMemory(Fold(hash, at), object, size);
    at += BytesFor(size);
  }
  return hash;
}

void Slab::Reset() {
  ASAN_POISON_MEMORY_REGION(region_.get(), used_);
  std::fill_n(outside_.begin(), RoundUp(used_, kGranule * kBitsPerWord) / kGranule / kBitsPerWord,
              0);
  used_ = 0;
  live_ = 0;
}

}  // namespace groupfuzz::kernel
