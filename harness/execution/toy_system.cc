#include "harness/execution/toy_system.h"

#include "target/kernel/errno.h"
#include "target/types/hash.h"

namespace groupfuzz {
namespace {

constexpr int kDomains = 2;

}  // namespace

void ToySystem::Build(const Configuration&, const Footprint&,
                      CallObserver*) ABSL_NO_THREAD_SAFETY_ANALYSIS {
  mutex_.state().writer = kernel::Lock::kNoHolder;
  owner_cnt_ = 0;
  owner_ = 0;
  domain_ = 0;
  readers_ = 0;
  bug_ = false;
}

int64_t ToySystem::Perform(const Op& op) {
  switch (op.kind) {
    case OpKind::kBind:
      return Bind();
    case OpKind::kUnbind:
      return Unbind();
    case OpKind::kGroupClaim:
      return Claim(op.cookie);
    case OpKind::kGroupRelease:
      return Release();
    case OpKind::kShowType:
      return options_.unlocked_show ? ShowUnlocked() : Show();
    case OpKind::kStoreType:
      return options_.split_store ? StoreInTwoSections() : Store();
    default:
      return kRefused;
  }
}

void ToySystem::TearDown() {
  kernel::MutexLock lock(mutex_);
  owner_cnt_ = 0;
  owner_ = 0;
}

const kernel::Lock* ToySystem::FirstLock(const Op&) const { return &mutex_.state(); }

void ToySystem::TakeSnapshot(Snapshot* snapshot) const ABSL_NO_THREAD_SAFETY_ANALYSIS {
  *snapshot = {};
  snapshot->exists = true;
  snapshot->owner_cnt = owner_cnt_;
}

uint64_t ToySystem::Fingerprint() const ABSL_NO_THREAD_SAFETY_ANALYSIS {
  uint64_t hash = bug_ ? 1 : 0;
  for (int field : {owner_cnt_, owner_, domain_, readers_}) {
    hash = Fold(hash, static_cast<uint64_t>(field));
  }
  return hash;
}

int64_t ToySystem::Bind() {
  kernel::MutexLock lock(mutex_);
  if (owner_ != 0) return -EBUSY;
  ++owner_cnt_;
  return 0;
}

int64_t ToySystem::Unbind() {
  kernel::MutexLock lock(mutex_);
  if (owner_ != 0 || owner_cnt_ == 0) return kRefused;
  --owner_cnt_;
  return 0;
}

int64_t ToySystem::Claim(uint8_t cookie) {
  kernel::MutexLock lock(mutex_);
  if (owner_cnt_ != 0) return -EPERM;
  owner_cnt_ = 1;
  owner_ = cookie + 1;
  return 0;
}

int64_t ToySystem::Release() {
  kernel::MutexLock lock(mutex_);
  if (owner_ == 0) return kRefused;
  owner_cnt_ = 0;
  owner_ = 0;
  return 0;
}

int64_t ToySystem::Show() {
  kernel::MutexLock lock(mutex_);
  return ++readers_;
}

int64_t ToySystem::ShowUnlocked() { return ++readers_; }

int64_t ToySystem::Store() {
  kernel::MutexLock lock(mutex_);
  if (owner_cnt_ != 0) return -EBUSY;
  SwitchDomain();
  return 0;
}

int64_t ToySystem::StoreInTwoSections() {
  bool busy;
  {
    kernel::MutexLock lock(mutex_);
    busy = owner_cnt_ != 0;
  }
  kernel::MutexLock lock(mutex_);
  if (busy) return -EBUSY;
  if (owner_cnt_ != 0) bug_ = true;
  SwitchDomain();
  return 0;
}

void ToySystem::SwitchDomain() { domain_ = (domain_ + 1) % kDomains; }

}  // namespace groupfuzz
