// Whatever fails, nothing leaks, no freed object is used and no lock is left behind: every kind of
// fault at every occurrence, over scripts that visit all of the core.
#include <cerrno>
#include <string>
#include <vector>

#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

constexpr int kOccurrences = 24;
constexpr int kLongestRun = 3;

struct Script {
  const char* name;
  Configuration machine;
  std::vector<Step> steps;
};

std::vector<Script> Scripts() {
  const Devices joining = Devices(3).Absent(2).Blocked(Support::kAllocatable);
  const Step leave = Remove(2);
  return {
      {"hotplug",
       joining.Direct(2),
       {Add(2), Remove(0), leave, Add(2), Remove(1), leave, Add(0), Add(2)}},
      {"boot", joining.Default(DomainType::kDmaFq), {Boot(), Add(2), Bind(2)}},
      {"a joining device in a claimed group",
       joining,
       {Vfio(0, kA), Add(2), Act(OpKind::kAttachGroup, 0), Act(OpKind::kReplaceGroup, 0, 1),
        Act(OpKind::kDetachGroup, 0), Act(OpKind::kGroupRelease, 0), Bind(2),
        Act(OpKind::kDmaMap, 2)}},
      {"handles and PASIDs",
       joining.WithPasids(0).WithPasids(1),
       {Vfio(0, kA), Act(OpKind::kAttachHandle, 0), Act(OpKind::kReplaceHandle, 0, 1),
        Act(OpKind::kDetachHandle, 0), Act(OpKind::kAttachPasid, 0, 2, 1),
        Act(OpKind::kDetachPasid, 0, 2, 1), Act(OpKind::kGroupRelease, 0)}},
      {"writes",
       Devices(1).Direct(0),
       {Store("DMA-FQ"), Store("identity"), Store("DMA-FQ"), Store("auto"), Bind(0),
        Act(OpKind::kDmaMap, 0)}},
      {"writes to a deferred device",
       Devices(1).Deferred(0).MapsOnlyAttached().Direct(0),
       {Store("identity"), Store("DMA"), Bind(0), Act(OpKind::kDmaMap, 0), Store("DMA-FQ")}},
      {"writes that finalize",
       Devices(2).FinalizeAttaches(),
       {Remove(1), Store("identity"), Store("auto"), Add(1)}},
  };
}

// What one fault leaves of one script.
void Sweep(const Design& design, const Script& script, FaultKind kind, int first, int count) {
  Machine machine(design, script.machine);
  machine.Fail(kind, first, EIO, count);
  for (const Step& step : script.steps) {
    RunStep(machine, step);
    ASSERT_EQ(NameOf(machine.runtime().problem()), "none") << step.name << ": " << machine.Trace();
    ASSERT_TRUE(machine.runtime().HoldsNothing()) << step.name << ": " << machine.Trace();
  }
  EXPECT_EQ(machine.Finish(), 0) << machine.Trace();
  EXPECT_EQ(NameOf(machine.runtime().problem()), "none") << machine.Trace();
}

class FaultSweep : public testing::TestWithParam<const Design*> {};

TEST_P(FaultSweep, LeavesNothingBehind) {
  for (const Script& script : Scripts()) {
    for (int kind = 0; kind < kFaultKinds; ++kind) {
      for (int first = 1; first <= kOccurrences; ++first) {
        for (int count = 1; count <= kLongestRun; ++count) {
          SCOPED_TRACE(std::string(script.name) + ": fault " + std::to_string(kind) + " from " +
                       std::to_string(first) + " for " + std::to_string(count));
          Sweep(*GetParam(), script, static_cast<FaultKind>(kind), first, count);
          if (HasFailure()) return;
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Every, FaultSweep, testing::ValuesIn(EveryDesign()), DesignName);

}  // namespace
}  // namespace groupfuzz::port_test
