// What the fingerprint of a ledger knows of calls and sections: every field on which a later
// verdict may depend, one by one.
#include <gtest/gtest.h>

#include <memory>

#include "properties/invariants/ledger.h"

namespace groupfuzz {
namespace {

using invariants::ActiveCall;
using invariants::Ledger;

constexpr DomainRef kDomain = {.id = 7, .type = DomainType::kIdentity};

// A thread in a call, in a section, in which something was attached, mapped and allocated.
class LedgerFingerprintTest : public testing::Test {
 protected:
  LedgerFingerprintTest() {
    configuration_.device_count = 2;
    ledger_->Begin(program_, configuration_);
    ledger_->EnterCall(0, {.function = Function::kShowType}, Snapshot());
    section().Begin();
    section().attaches.Push({.device = 0, .domain = 1, .failed = false, .was_deferred = false});
    section().maps.Push({.device = 0, .domain = 1, .failed = false});
    section().allocated.Push({.domain = 1, .type = DomainType::kDma});
    before_ = ledger_->Fingerprint();
  }

  ActiveCall& call() { return ledger_->threads[0].calls.back(); }
  invariants::Section& section() { return ledger_->threads[0].section; }

  // That `field` with `value` is another state, all else being equal.
  template <typename Field, typename Value>
  void ExpectKnown(const char* name, Field& field, Value value) {
    const Field old = field;
    field = static_cast<Field>(value);
    EXPECT_NE(ledger_->Fingerprint(), before_) << name;
    field = old;
    EXPECT_EQ(ledger_->Fingerprint(), before_) << name;
  }

  Program program_;
  Configuration configuration_;
  std::unique_ptr<Ledger> ledger_ = std::make_unique<Ledger>();
  uint64_t before_ = 0;
};

// Does not compile when a field is added, as the fingerprint itself.
TEST_F(LedgerFingerprintTest, KnowsTheFlagsOfACall) {
  auto& [its_call, held, facts, changes, request, saw_section, changed_default, changed_current,
         steady, saw_writer_as_owner, alloc_failed, queue_failed, fault, attach_failed, saw_probe,
         found_idle, acting_sections, count_change, obstacle, pasids, pasids_changed, members,
         finalized, types, allocated, freed, attached, first_default, first_current, last_default,
         last_current, bound_on] = call();
  ExpectKnown("saw_section", saw_section, true);
  ExpectKnown("changed_default", changed_default, true);
  ExpectKnown("changed_current", changed_current, true);
  ExpectKnown("steady", steady, false);
  ExpectKnown("saw_writer_as_owner", saw_writer_as_owner, true);
  ExpectKnown("alloc_failed", alloc_failed, true);
  ExpectKnown("queue_failed", queue_failed, true);
  ExpectKnown("fault", fault, true);
  ExpectKnown("attach_failed", attach_failed, true);
  ExpectKnown("saw_probe", saw_probe, true);
  ExpectKnown("found_idle", found_idle, true);
}

TEST_F(LedgerFingerprintTest, KnowsTheCountsOfACall) {
  for (uint8_t& locks : call().held) ExpectKnown("held", locks, 1);
  ExpectKnown("changes", call().changes, 1);
  ExpectKnown("acting_sections", call().acting_sections, 1);
  ExpectKnown("count_change", call().count_change, -1);
  ExpectKnown("obstacle", call().obstacle, invariants::Obstacle::kDomain);
  ExpectKnown("pasids", call().pasids, 1);
  ExpectKnown("pasids_changed", call().pasids_changed, 1);
  ExpectKnown("members", call().members, 1);
  ExpectKnown("finalized", call().finalized, 1);
  ExpectKnown("types", call().types, 1);
  ExpectKnown("allocated", call().allocated, 1);
  ExpectKnown("freed", call().freed, 1);
  ExpectKnown("attached", call().attached, 1);
  ExpectKnown("first_default", call().first_default, kDomain);
  ExpectKnown("first_current", call().first_current, kDomain);
  ExpectKnown("last_default", call().last_default, kDomain);
  ExpectKnown("last_current", call().last_current, kDomain);
  ExpectKnown("bound_on", call().bound_on, kDomain);
}

TEST_F(LedgerFingerprintTest, KnowsWhatASectionDid) {
  auto& [open, doubtful, facts, warnings, then, attaches, maps, allocated] = section();
  ExpectKnown("doubtful", doubtful, true);
  ExpectKnown("facts", facts, 1);
  ExpectKnown("warnings", warnings, 1);
  ExpectKnown("before", then.owner_cnt, 1);
  auto& [device, domain, failed, was_deferred] = *attaches.begin();
  ExpectKnown("attaches: device", device, 1);
  ExpectKnown("attaches: domain", domain, 2);
  ExpectKnown("attaches: failed", failed, true);
  ExpectKnown("attaches: was_deferred", was_deferred, true);
  auto& [mapped_device, mapped_domain, map_failed] = *maps.begin();
  ExpectKnown("maps: device", mapped_device, 1);
  ExpectKnown("maps: domain", mapped_domain, 2);
  ExpectKnown("maps: failed", map_failed, true);
  auto& [allocated_domain, type] = *allocated.begin();
  ExpectKnown("allocated: domain", allocated_domain, 2);
  ExpectKnown("allocated: type", type, DomainType::kIdentity);
}

// What no longer fits a list is part of the state, too.
TEST_F(LedgerFingerprintTest, KnowsThatAListIsFull) {
  const auto fill = [&](const char* name, auto& list) {
    const auto seen = *list.begin();
    const auto old = list;
    while (!list.overflowed()) {
      before_ = ledger_->Fingerprint();
      list.Push(seen);
    }
    EXPECT_NE(ledger_->Fingerprint(), before_) << name;
    list = old;
  };
  fill("attaches", section().attaches);
  fill("maps", section().maps);
  fill("allocated", section().allocated);
}

}  // namespace
}  // namespace groupfuzz
