#include "target/system/first_actions.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "target/kernel/crash_trap.h"
#include "target/kernel/unscheduled_runtime.h"
#include "target/kernel/unsupported.h"

namespace groupfuzz {
namespace {

using kernel::Lock;
using kernel::LockMode;

// Those that may promise something, in an order in which none is refused, so that each reaches the
// kernel.
constexpr OpKind kPromising[] = {
    OpKind::kStoreType,    OpKind::kShowType,     OpKind::kBind,          OpKind::kUnbind,
    OpKind::kGroupClaim,   OpKind::kClaimedQuery, OpKind::kAttachGroup,   OpKind::kReplaceGroup,
    OpKind::kDetachGroup,  OpKind::kAttachHandle, OpKind::kReplaceHandle, OpKind::kDetachHandle,
    OpKind::kAttachPasid,  OpKind::kDetachPasid,  OpKind::kGroupRelease,  OpKind::kDeviceClaim,
    OpKind::kAttachDevice, OpKind::kDetachDevice, OpKind::kDeviceRelease,
};

// What promises nothing alone: it begins with the driver, or with memory.
constexpr OpKind kOthers[] = {OpKind::kAddDevice, OpKind::kRemoveDevice, OpKind::kDmaMap,
                              OpKind::kDmaUnmap, OpKind::kFreeDomain};
static_assert(std::size(kPromising) + std::size(kOthers) == kOpKinds, "each op is in one of them");

Op OpOf(OpKind kind) {
  constexpr std::string_view kText = "DMA\n";
  Op op;
  op.kind = kind;
  std::copy(kText.begin(), kText.end(), op.text.bytes.begin());
  op.text.size = kText.size();
  return op;
}

bool Has(OpKinds kinds, OpKind kind) { return (kinds >> static_cast<int>(kind) & 1) != 0; }

// Sees the first thing that another thread could notice, and lets everything happen.
class Witness final : public kernel::UnscheduledRuntime {
 public:
  void Expect(const Lock* promised) {
    promised_ = promised;
    kept_ = false;
  }
  bool kept() const { return kept_; }

  void CallbackPoint() override { Meet(nullptr); }
  void RacyReadPoint() override { Meet(nullptr); }
  void Acquire(Lock& lock, LockMode) override {
    if (lock.shared_by_threads) Meet(&lock);
    held_.push_back(&lock);
  }
  void Release(Lock& lock, LockMode) override { std::erase(held_, &lock); }
  bool Holds(const Lock& lock) const override {
    return std::find(held_.begin(), held_.end(), &lock) != held_.end();
  }
  void Record(Event) override {}
  DomainId NewDomainId() override { return ++last_domain_; }
  [[noreturn]] void Misuse(const BadAccess&) override { throw kernel::Abandoned{}; }

 private:
  void Meet(const Lock* lock) {
    const Lock* promised = std::exchange(promised_, nullptr);
    if (promised != nullptr) kept_ = promised == lock;
  }

  const Lock* promised_ = nullptr;
  bool kept_ = false;
  std::vector<const Lock*> held_;
  DomainId last_domain_ = kNoDomain;
};

// False where `body` did not come to its end.
template <typename Body>
bool Completes(Body body) {
  bool completes = false;
  try {
    kernel::Follows([&] { completes = kernel::CrashTrap::CanLook(body); });
  } catch (const kernel::Abandoned&) {
    return false;
  }
  return completes;
}

}  // namespace

OpKinds OpsThatBeginOtherwise(System& system) {
  Witness witness;
  const kernel::ScopedRuntime current(witness);
  Configuration machine;
  machine.devices[0].pasids = true;
  OpKinds otherwise = 0;
  bool lives = Completes([&] { system.Build(machine, Footprint{}, nullptr); });
  const auto perform = [&](OpKind kind) {
    const Op op = OpOf(kind);
    const Lock* promised = lives ? system.FirstLock(op) : nullptr;
    witness.Expect(promised);
    int64_t result = 0;
    lives = lives && Completes([&] { result = system.Perform(op); });
    const bool kept = promised == nullptr || witness.kept() || result == kRefused;
    if (!lives || !kept) otherwise |= OpBit(kind);
  };
  // The first attach allocates its domain, and promises nothing; the second one has it.
  for (int round = 0; round < 2; ++round) {
    std::for_each(std::begin(kPromising), std::end(kPromising), perform);
  }
  if (lives) Completes([&] { system.TearDown(); });
  return otherwise;
}

const Lock* UnlessOtherwise(OpKinds otherwise, const Op& op, const Lock* promised) {
  const bool mutex = promised != nullptr && promised->lock_class == kernel::LockClass::kGroup;
  return mutex && Has(otherwise, op.kind) ? nullptr : promised;
}

}  // namespace groupfuzz
