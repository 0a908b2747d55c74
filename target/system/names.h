// The words in which reports speak of kernel things: error numbers, functions, locks, warnings.
//
// Use it wherever a person reads the result; nothing here is on the way of an execution.
//
// Thread-safety: pure functions.
#ifndef GROUPFUZZ_TARGET_SYSTEM_NAMES_H_
#define GROUPFUZZ_TARGET_SYSTEM_NAMES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "target/kernel/lock.h"
#include "target/kernel/runtime.h"
#include "target/types/event.h"
#include "target/types/iommu_api.h"

namespace groupfuzz {

// Before the folder of a kernel tree in the name of its design: "linux:linux-source-6.1".
inline constexpr char kKernelPrefix[] = "linux:";

// "-EPERM" for -1, "5" for 5, "refused" for kRefused.
std::string ResultName(int64_t result);

// The kernel function that `function` stands for: "iommu_group_claim_dma_owner".
std::string_view KernelName(Function function);

// "group->mutex", "device_lock(dev1)". `device` is kNoDevice where the lock is not per device.
std::string LockName(kernel::LockClass lock_class, uint8_t device);

// What a kUnguarded event says: "owner_cnt is read without group->mutex at PLACE".
std::string DescribeUnguarded(const Event& event, std::string_view place);

// What a kUseAfterFree event says of `domain`, its name or nothing: "PLACE: a NULL or an error
// pointer is followed, to address 28". `place` may be empty.
std::string DescribeBadAccess(const Event& event, std::string_view domain, std::string_view place);

// What a kWarn event says: "BUG at PLACE"; where its line is not known, or `place` is empty, what
// the kernel complains about as well: "WARN: a list is corrupted".
std::string DescribeWarning(const Event& event, std::string_view place);

// What a WARN_ON() site complains about, in a few words.
std::string_view WarnName(kernel::WarnSite site);

// "dev2", as Linux would name a device in a message.
std::string DeviceName(uint8_t device);

// "1 op", "2 ops".
std::string Counted(uint64_t count, std::string_view noun);

// "A".."C" for cookies, "store" for a writer of the type attribute, "-" for nobody.
std::string OwnerName(uint8_t owner);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_TARGET_SYSTEM_NAMES_H_
