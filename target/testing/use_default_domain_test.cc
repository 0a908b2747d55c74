// Kernel drivers use a group's default domain: behaviour 3.1 and 3.2.
#include "target/kernel/errno.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

constexpr char kLooked[] = "lock(group) unlock(group)";

// The owner attaches the default domain itself.
Step AttachDefault() {
  return Inside({"attach the default domain", [](Machine& machine) -> int64_t {
                   iommu::Group& group = *machine.core().group();
                   return machine.core().AttachGroup(group.PinnedDefaultDomain().Follow(), group);
                 }});
}

std::vector<Row> UseRows() {
  const Devices identity = Devices(2).Default(DomainType::kIdentity);
  return {
      {"3.1 row 1: no group",
       Devices(2).Absent(1),
       {},
       Use(1),
       {On(kAllDesigns, 0).Untouched().Trace("")}},
      {"3.1 row 2: dd NULL",
       Devices(1),
       {LoseDomains()},
       Use(0),
       {On(kOldCore, 0).State("cnt=1 owner=- dd=- cur=- bd=- hw=DMA").Trace(kLooked),
        On(kNewCore, -kernel::kEProbeDefer).Untouched().Trace(kLooked)}},
      {"3.1 row 3: owned",
       Devices(2),
       {GroupClaim(kA)},
       Use(1),
       {On(kAllDesigns, -EBUSY).Untouched().Trace(kLooked)}},
      {"3.1 row 3: owned, though on dd",
       Devices(1),
       {GroupClaim(kA), AttachDefault()},
       Use(0),
       {On(kAllDesigns, -EBUSY).Untouched().Trace(kLooked)}},
      {"3.1 row 3: used, on another domain",
       Devices(2),
       {Use(0), AttachGroup(0)},
       Use(1),
       {On(kAllDesigns, -EBUSY).Untouched().Trace(kLooked)}},
      {"3.1 row 3: used, on another identity domain",
       identity,
       {Use(0), AttachPrivateIdentity()},
       Use(1),
       {On(kOldCore, 0).Trace(kLooked), On(kNewCore, -EBUSY).Untouched().Trace(kLooked)}},
      {"3.1 row 3: used, with PASIDs",
       Devices(2).WithPasids(0).WithPasids(1),
       {Use(0), AttachPasid(0, 0, 1)},
       Use(1),
       {On(kAllBut61, -EBUSY).Untouched().Trace(kLooked)}},
      {"3.1 row 4: unused, on another domain",
       Devices(1),
       {AttachGroup(0)},
       Use(0),
       {On(kAllDesigns, 0).State("cnt=1 owner=- dd=DMA cur=U0 bd=- hw=U0").Trace(kLooked)}},
      {"3.1 row 4: unused, with PASIDs",
       Devices(1).WithPasids(0),
       {AttachPasid(0, 0, 1)},
       Use(0),
       {On(kAllBut61, 0).Trace(kLooked)}},
      {"3.1 row 5: counts",
       Devices(2),
       {Use(0)},
       Use(1),
       {On(kAllDesigns, 0).State("cnt=2 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA").Trace(kLooked)}},
      {"3.2 no group",
       Devices(2).Absent(1),
       {},
       Unuse(1),
       {On(kAllDesigns, 0).Untouched().Trace("")}},
      {"3.2 counts down",
       Devices(2),
       {Use(0), Use(1)},
       Unuse(0),
       {On(kAllDesigns, 0).State("cnt=1 owner=- dd=DMA cur=DMA bd=- hw=DMA,DMA").Trace(kLooked)}},
      {"3.2 WARN: owner_cnt is zero",
       Devices(1),
       {},
       Unuse(0),
       {On(kAllDesigns, 0).Unchanged().Trace("lock(group) WARN(unuse_underflow) unlock(group)")}},
      {"3.2 WARN: PASIDs are left",
       Devices(1).WithPasids(0),
       {Use(0), AttachPasid(0, 0, 1)},
       Unuse(0),
       {On(kAllBut61, 0).Unchanged().Trace("lock(group) WARN(unuse_underflow) unlock(group)")}},
      {"3.2 does not restore cur",
       Devices(1),
       {Use(0), AttachGroup(0)},
       Unuse(0),
       {On(kAllDesigns, 0).State("cnt=0 owner=- dd=DMA cur=U0 bd=- hw=U0").Trace(kLooked)}},
      {"3.2 does not clear owner",
       Devices(1),
       {GroupClaim(kA)},
       Unuse(0),
       {On(kAllDesigns, 0)
            .State("cnt=0 owner=A dd=DMA cur=blocked bd=blocked hw=blocked")
            .Trace(kLooked)}},
  };
}

class UseRowsTest : public RowTest {};
TEST_P(UseRowsTest, Hold) { Check(); }
INSTANTIATE_TEST_SUITE_P(Use, UseRowsTest, testing::ValuesIn(CasesOf(UseRows())), CaseName);

}  // namespace
}  // namespace groupfuzz::port_test
