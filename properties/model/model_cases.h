// Tables of cases for tests of the sequential model: a row of docs/behaviour, the designs
// that it applies to, a state built through calls, one call more, and what it must give.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_PROPERTIES_MODEL_MODEL_CASES_H_
#define GROUPFUZZ_PROPERTIES_MODEL_MODEL_CASES_H_

#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "properties/model/model.h"
#include "properties/model/model_testing.h"

namespace groupfuzz::testing {

using Before = std::vector<Call>;
using Check = std::function<bool(const GroupState&)>;

constexpr unsigned Bit(DesignId design) { return 1u << static_cast<unsigned>(design); }
inline constexpr unsigned k61 = Bit(DesignId::kDeviceLock);
inline constexpr unsigned k62 =
    Bit(DesignId::kClaimV1) | Bit(DesignId::kLockedClaim) | Bit(DesignId::kV6_4);
inline constexpr unsigned k612 = Bit(DesignId::kOwnerCheck) | Bit(DesignId::kV6_12);
inline constexpr unsigned kFrom62 = k62 | k612;
inline constexpr unsigned kTo62 = k61 | k62;
inline constexpr unsigned kAll = k61 | kFrom62;

struct Case {
  const char* row;
  unsigned designs;
  Configuration machine;
  Before before;
  Call call;
  int result;
  Check check;
};

inline Case Row(
    const char* row, unsigned designs, const Configuration& machine, const Before& before,
    const Call& call, int result, const Check& check = [](const GroupState&) { return true; }) {
  return {row, designs, machine, before, call, result, check};
}

inline void Holds(const std::vector<Case>& cases) {
  for (const Case& test : cases) {
    for (DesignId design : kAllDesigns) {
      if ((test.designs & Bit(design)) == 0) continue;
      Model model = After(test.machine, design, test.before);
      const Outcome outcome = model.Apply(test.call);
      const std::string where = std::string(NameOf(design)) + ", row: " + test.row;
      ASSERT_FALSE(model.lost()) << where;
      ASSERT_EQ(outcome.kind, Outcome::Kind::kExact) << where;
      EXPECT_EQ(outcome.result, test.result) << where << ", " << outcome.Describe();
      EXPECT_TRUE(test.check(model.state())) << where;
    }
  }
}

inline Check Count(int cnt) {
  return [=](const GroupState& state) { return state.owner_cnt == cnt; };
}

// domain, owner and owner_cnt; every member is on domain.
inline Check Group(Place cur, uint8_t owner, int cnt) {
  return [=](const GroupState& state) {
    bool attached = true;
    for (int i = 0; i < state.members; ++i) attached &= state.hw[state.order[i]] == cur;
    return state.cur == cur && state.owner == owner && state.owner_cnt == cnt && attached;
  };
}

inline Check Default(DomainType type) {
  return [=](const GroupState& state) { return state.has_default && state.default_type == type; };
}

inline Check Hardware(uint8_t device, Place place) {
  return [=](const GroupState& state) { return state.hw[device] == place; };
}

inline Check Pasids(unsigned pasids) {
  return [=](const GroupState& state) { return state.pasids == pasids; };
}

inline Configuration Lacking(uint8_t device, int devices) {
  Configuration machine = Machines(devices);
  machine.devices[device].present = false;
  return machine;
}

inline Configuration Direct(uint8_t device, int devices) {
  Configuration machine = Machines(devices);
  machine.devices[device].direct = true;
  return machine;
}

inline Configuration Capable(int devices) {
  Configuration machine = Machines(devices);
  for (int i = 0; i < devices; ++i) machine.devices[i].pasids = true;
  return machine;
}

inline Configuration Deferring(uint8_t device, int devices) {
  Configuration machine = Machines(devices);
  machine.devices[device].deferred = true;
  return machine;
}

inline constexpr uint8_t kA = 0;
inline constexpr uint8_t kB = 1;

inline Call AttachPasid(uint8_t pasid, uint8_t device = 0) {
  return Pasid(Function::kAttachPasid, device, 0, pasid);
}
inline Call DetachPasid(uint8_t pasid) { return Pasid(Function::kDetachPasid, 0, 0, pasid); }

}  // namespace groupfuzz::testing

#endif  // GROUPFUZZ_PROPERTIES_MODEL_MODEL_CASES_H_
