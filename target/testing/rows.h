// Rows of behaviour tables as test cases: a machine, steps that prepare it, one call, and what the
// call returns, leaves behind and does under each design.
//
//   {"3.4 row 3: owner_cnt is not zero", Devices(1), {Use(0)}, GroupClaim(kA),
//    {On(kAllDesigns, -EPERM).Untouched()}},
//
// A suite of rows:
//
//   class ClaimRows : public RowTest {};
//   TEST_P(ClaimRows, Hold) { Check(); }
//   INSTANTIATE_TEST_SUITE_P(Section34, ClaimRows, testing::ValuesIn(CasesOf(Rows())), CaseName);
//
// Every case is one row on one subject: a design of the port, a kernel tree, or what a program has
// added by AddSubject() before tests are made. A subject is held to what is expected of the design
// that it is judged as, where it can: what it cannot is counted, with the reason (NoteNotRun()).
// Rows that do not name that design are no cases of it. What holds for every row is checked for
// every row that says nothing else: the call ends with no lock held, probe_finalize runs without
// the group's mutex, attach_dev with it, and when everything is given back nothing is left.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_TARGET_TESTING_ROWS_H_
#define GROUPFUZZ_TARGET_TESTING_ROWS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "target/testing/machine.h"
#include "target/testing/steps.h"
#include "target/testing/subjects.h"

namespace groupfuzz::port_test {

// A set of designs, one bit each.
using DesignSet = uint8_t;
static_assert(kDesignCount <= 8);
constexpr DesignSet Bit(DesignId id) { return static_cast<DesignSet>(1 << static_cast<int>(id)); }
inline constexpr DesignSet kDeviceLock = Bit(DesignId::kDeviceLock);
inline constexpr DesignSet kClaimV1 = Bit(DesignId::kClaimV1);
inline constexpr DesignSet kLockedClaim = Bit(DesignId::kLockedClaim);
inline constexpr DesignSet kOwnerCheck = Bit(DesignId::kOwnerCheck);
inline constexpr DesignSet kV64 = Bit(DesignId::kV6_4);
inline constexpr DesignSet kV612 = Bit(DesignId::kV6_12);
// By the core they stand on: the switching rules of 6.1 or those of 6.12.
constexpr DesignSet Since(iommu::Version version) {
  DesignSet set = 0;
  for (int id = 0; id < kDesignCount; ++id) {
    const auto design = static_cast<DesignId>(id);
    if (VersionOf(design) >= version) set |= Bit(design);
  }
  return set;
}
inline constexpr DesignSet kAllDesigns = Since(iommu::Version::k6_1);
inline constexpr DesignSet kAllBut61 = Since(iommu::Version::k6_2);
inline constexpr DesignSet kNewCore = Since(iommu::Version::k6_12);
inline constexpr DesignSet kOldCore = kAllDesigns & ~kNewCore;
inline constexpr DesignSet kRules62 = kAllBut61 & ~kNewCore;
inline constexpr DesignSet kRules64 = Since(iommu::Version::k6_4) & ~kNewCore;

// What one call must come to under some designs.
class Expectation {
 public:
  Expectation(DesignSet designs, int64_t result) : designs(designs), result(result) {}

  Expectation State(std::string text) const;
  Expectation Facts(std::string text) const;
  Expectation Trace(std::string text) const;
  // The state is as before.
  Expectation Unchanged() const;
  // ... and nothing but locks and looks happened.
  Expectation Untouched() const;
  Expectation Problem(SerialRuntime::Problem kind) const;
  // Names the one way in which attach_dev runs without the mutex: iommu_deferred_attach().
  Expectation AttachesUnlocked() const;

  DesignSet designs;
  int64_t result;
  std::optional<std::string> state;
  std::optional<std::string> facts;
  std::optional<std::string> trace;
  bool unchanged = false;
  bool untouched = false;
  bool attaches_unlocked = false;
  SerialRuntime::Problem problem = SerialRuntime::Problem::kNone;
};

inline Expectation On(DesignSet designs, int64_t result) { return {designs, result}; }

struct Row {
  std::string name;
  Configuration machine;
  std::vector<Step> setup;
  Step call;
  std::vector<Expectation> expectations;
};

// A row on one of its subjects.
struct Case {
  Row row;
  Expectation expected;
  Subject subject;
};

// REQUIRES: no two expectations of a row name the same design.
std::vector<Case> CasesOf(const std::vector<Row>& rows);
std::string CaseName(const ::testing::TestParamInfo<Case>& info);
void PrintTo(const Case& test_case, std::ostream* out);

// The designs of the port, for tests that are no rows.
std::vector<const Design*> EveryDesign();
std::string DesignName(const ::testing::TestParamInfo<const Design*>& info);

// Runs the row and fails the test that is running for whatever is not as expected.
void CheckRow(const Case& test);

class RowTest : public ::testing::TestWithParam<Case> {
 protected:
  void Check() { CheckRow(GetParam()); }
};

}  // namespace groupfuzz::port_test

#endif  // GROUPFUZZ_TARGET_TESTING_ROWS_H_
