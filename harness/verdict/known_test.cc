// What of the findings of a program is news.
#include "harness/verdict/known.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "harness/program/text_codec.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/known_trees.h"

namespace groupfuzz {
namespace {

constexpr char kCentralRace[] =
    "thread 0\n  store_type \"DMA-FQ\\n\"\nthread 1\n  store_type \"identity\\n\"\n  bind 0\n";

Program Parse(const std::string& text) {
  return ParseText("groupfuzz 1\n" + text, "test")->program;
}

// claim-v1, as if it were the kernel that `baseline` stands for.
Design ClaimAgainst(std::string_view baseline) {
  Design design = *FindDesign("claim-v1");
  design.name = "patched";
  design.baseline = FindDesign(baseline);
  return design;
}

// Whether `property`, shown by some op of `program`, is known.
bool Contains(Known& known, const Program& program, std::string_view property) {
  return known.IsKnown(program, FindingKey(property));
}

Design BaselineOfItself(std::string_view name) {
  Design design = *FindDesign(name);
  design.name = "patched";
  design.baseline = FindDesign(name);
  return design;
}

TEST(KnownTest, NothingIsKnownByItsIdAlone) {
  Known known(*FindDesign("claim-v1"));
  EXPECT_TRUE(Contains(known, Parse(kCentralRace), "I2"));
  EXPECT_FALSE(Contains(known, Parse("thread 0\n  show_type\n"), "I2"));
  EXPECT_FALSE(Contains(known, Parse(kCentralRace), "I9"));
  Known reference(*FindDesign("owner-check"));
  EXPECT_FALSE(Contains(reference, Parse(kCentralRace), "I2"));
}

// A patch may let an op be refused that its baseline does: then the tear-down does the same.
TEST(KnownTest, TheTearDownIsTheRemovalOfWhatIsLeft) {
  const Design patched = Against(*FindDesign("owner-check"), *FindDesign("v6.12"));
  Known known(patched);
  const Program program = Parse("driver finalize-attaches\nthread 0\n  remove_device 0\n");
  const auto shown_by = [&](uint32_t ops) {
    return known.IsKnown(program, FindingKey("I30", ops));
  };
  EXPECT_TRUE(shown_by(1u << static_cast<int>(OpKind::kRemoveDevice)));
  EXPECT_TRUE(shown_by(0));
  EXPECT_FALSE(shown_by(1u << static_cast<int>(OpKind::kBind)));
}

// The ops of the known program in one thread are no race, and a claim of devices that firmware does
// not use is another defect than one of a device that it does.
TEST(KnownTest, AProgramMustHaveAllThatTheKnownOneHas) {
  Known patch(*FindDesign("claim-v1"));
  EXPECT_FALSE(Contains(
      patch,
      Parse("thread 0\n  store_type \"DMA-FQ\\n\"\n  store_type \"identity\\n\"\n  bind 0\n"),
      "I2"));
  const std::string claim = "thread 0\n  group_claim 0 A\n  show_type\n";
  Known v6_4(*FindDesign("v6.4"));
  EXPECT_TRUE(Contains(v6_4, Parse("device 0\ndevice 1 direct\n" + claim), "I22"));
  EXPECT_FALSE(Contains(v6_4, Parse("device 0\ndevice 1\n" + claim), "I22"));
  const std::string write = "thread 0\n  store_type \"identity\\n\"\n";
  EXPECT_TRUE(Contains(v6_4, Parse(write + "fault attach 3 EIO\n"), "I16"));
  EXPECT_FALSE(Contains(v6_4, Parse(write + "fault map 3 EIO\n"), "I16"));
}

TEST(KnownTest, OfAKernelIsWhatItsBaselineShowsInTheSameProgram) {
  const Design same = ClaimAgainst("claim-v1");
  Known known(same);
  EXPECT_TRUE(Contains(known, Parse(kCentralRace), "I2"));
  EXPECT_FALSE(Contains(known, Parse("thread 0\n  show_type\n"), "I2"));
  const Design better = ClaimAgainst("owner-check");
  Known none(better);
  EXPECT_FALSE(Contains(none, Parse(kCentralRace), "I2"));
}

// Of the write of the second thread in kCentralRace.
Finding InTheWrite(std::string_view property) {
  return {.property = FindProperty(property),
          .thread = 1,
          .roles = 1u << static_cast<int>(OpKind::kStoreType),
          .detail = ""};
}

// A known finding of one op hides none of another.
TEST(KnownTest, AnotherOpThatShowsItIsNews) {
  const Design kernel = ClaimAgainst("claim-v1");
  Known known(kernel);
  const auto in_op = [](OpKind kind) { return FindingKey("I2", OpBit(kind)); };
  EXPECT_TRUE(known.IsKnown(Parse(kCentralRace), in_op(OpKind::kStoreType)));
  EXPECT_FALSE(known.IsKnown(Parse(kCentralRace), in_op(OpKind::kShowType)));
}

// So it is where corpus/known says what is known: the ops of its program are those that show it.
TEST(KnownTest, AnOpThatTheListedProgramLacksIsNews) {
  Known known(*FindDesign("claim-v1"));
  const std::string looks = std::string(kCentralRace) + "thread 2\n  show_type\n";
  const auto in_op = [](OpKind kind) { return FindingKey("I2", OpBit(kind)); };
  EXPECT_TRUE(known.IsKnown(Parse(looks), in_op(OpKind::kStoreType)));
  EXPECT_FALSE(known.IsKnown(Parse(looks), in_op(OpKind::kShowType)));
}

// A patch that walks the members in another order leaves another one behind.
TEST(KnownTest, DevicesMayChangePlaces) {
  const Design kernel = BaselineOfItself("v6.12");
  Known known(kernel);
  const auto release = [](const std::string& bound) {
    return Parse("device 0\ndevice 1\nthread 0\n  group_claim 0 A\n  group_release 0\n  bind " +
                 bound + "\nfault attach 3 ENOMEM\n");
  };
  Runner baseline(*FindDesign("v6.12"));
  ASSERT_TRUE(Violates(baseline.Run(release("0")).findings, "I46"));
  ASSERT_FALSE(Violates(baseline.Run(release("1")).findings, "I46"));
  EXPECT_TRUE(Contains(known, release("1"), "I46"));
}

std::vector<std::string_view> IdsOf(const std::vector<const Finding*>& findings) {
  std::vector<std::string_view> ids;
  ids.reserve(findings.size());
  for (const Finding* finding : findings) ids.push_back(finding->property->id);
  return ids;
}

// In its order, on a kernel as on a port; what follows a known defect is asked about like any
// other.
TEST(KnownTest, EachFindingIsAskedAbout) {
  using Ids = std::vector<std::string_view>;
  const std::vector<Finding> findings = {InTheWrite("I24"), InTheWrite("I2"), InTheWrite("I9")};
  const Design kernel = ClaimAgainst("claim-v1");
  for (const Design* design : {&kernel, FindDesign("claim-v1")}) {
    Known known(*design);
    const Known::Answer answer = known.Split(Parse(kCentralRace), findings);
    EXPECT_EQ(IdsOf(answer.news), Ids({"I24", "I9"})) << design->name;
    EXPECT_EQ(IdsOf(answer.known), Ids({"I2"})) << design->name;
  }
}

// A patched kernel may allocate more often than the port does.
TEST(KnownTest, AFailingAllocationIsLookedForAmongEarlierOnes) {
  const Program program = Parse(
      "driver identity=static finalize-attaches maps-only-attached\n"
      "device 0 prefers=identity managed pasids absent\n"
      "device 1 prefers=DMA managed pasids\nthread 0\n  add_device 0\n"
      "  store_type \"identity\\n\"\nfault allocate 6 ENOMEM\n");
  EXPECT_FALSE(Violates(Runner(*FindDesign("v6.12")).Run(program).findings, "I30"));
  const Design kernel = BaselineOfItself("v6.12");
  Known known(kernel);
  EXPECT_TRUE(Contains(known, program, "I30"));
  EXPECT_FALSE(Contains(known, program, "I2"));
}

// What corpus/known has of the kernel alone is known where the program has all that is in it.
TEST(KnownTest, OfAKernelAloneNeedsWhatItsProgramHas) {
  const Design kernel = BaselineOfItself("device-lock");
  ASSERT_EQ(TreeLike(kernel)->name, "linux-source-6.1");
  Known known(kernel);
  const std::string has_all =
      "thread 0\n  show_type\nthread 1\n  remove_device 0\n  add_device 0\n";
  EXPECT_TRUE(Contains(known, Parse(has_all), "L1"));
  EXPECT_FALSE(Contains(known, Parse("thread 0\n  show_type\nthread 1\n  bind 0\n"), "L1"));
}

TEST(KnownTest, AMinimizerKeepsNewsAndSaysWhatItSteppedOver) {
  const Design kernel = ClaimAgainst("claim-v1");
  Known known(kernel);
  SteppedOver stepped_over;
  const auto keeps = known.Keeps("I24", &stepped_over);
  const std::vector<Finding> findings = {InTheWrite("I24")};
  const std::vector<Finding> other = {InTheWrite("I2")};
  EXPECT_TRUE(keeps(Parse(kCentralRace), findings));
  EXPECT_TRUE(stepped_over.empty());
  EXPECT_FALSE(keeps(Parse(kCentralRace), other));
  EXPECT_EQ(stepped_over.Describe(), "stepped over 1 known finding: I2 x1");
}

TEST(SteppedOverTest, SaysHowManyAndOfWhat) {
  SteppedOver stepped_over;
  EXPECT_EQ(stepped_over.Describe(), "");
  stepped_over.Add("I16", 4);
  stepped_over.Add("I2");
  stepped_over.Add("I16", 4);
  const std::string line = "stepped over 9 known findings: I2 x1, I16 x8";
  EXPECT_EQ(stepped_over.Describe(), line);
  SteppedOver read;
  for (const std::string& other : {std::string("count 3 0.1"), line, std::string("stepped over")}) {
    read.AddDescribed(other);
  }
  EXPECT_EQ(read.counts(), stepped_over.counts());
}

TEST(KnownTreesTest, AreRead) {
  const auto tree = ParseRelease(
      "# A comment.\npackage 7.2-1~x\nrules 6.12\nsource iommu.c 12\n"
      "driver failed-attach-keeps finalize-attaches\n",
      "mine", "release");
  ASSERT_TRUE(tree.ok()) << tree.status();
  EXPECT_EQ(tree->name, "mine");
  EXPECT_EQ(tree->package, "7.2-1~x");
  EXPECT_EQ(tree->rules, iommu::Version::k6_12);
  EXPECT_EQ(tree->source, "iommu.c");
  EXPECT_EQ(tree->source_bytes, 12);
  EXPECT_FALSE(tree->driver.failed_attach_detaches);
  EXPECT_TRUE(tree->driver.finalize_attaches);
}

TEST(KnownTreesTest, ErrorsNameLineAndColumn) {
  std::string versions;
  for (int i = 0; i <= static_cast<int>(iommu::Version::kToday); ++i) {
    versions += (i == 0 ? "" : ", ");
    versions += VersionName(static_cast<iommu::Version>(i));
  }
  const std::pair<const char*, std::string> cases[] = {
      {"rules 6.12\n", "release:2:1: found the end of the line, expected a 'package' line"},
      {"package 1\nrules 5\n", "release:2:7: found '5', expected a version: " + versions},
      {"package 1\npackage 1\n", "release:2:1: found 'package' a second time, expected it once"},
      {"version 1\n",
       "release:1:1: found 'version', expected an option: package, rules, source, driver"},
      {"source iommu.c\n",
       "release:1:15: found the end of the line, expected a number of bytes: 1..2147483647"},
      {"driver\n",
       "release:1:7: found the end of the line, expected an option: forces-identity, "
       "finalize-attaches, maps-only-attached, failed-attach-keeps"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(ParseRelease(text, "mine", "release").status().message(), message) << text;
  }
}

// Which tree a kernel of today is like is a matter of its rules, and of what it makes of drivers.
TEST(KnownTreesTest, AreFoundByWhatAKernelDoes) {
  EXPECT_EQ(TreeLike(*FindDesign("device-lock"))->name, "linux-source-6.1");
  EXPECT_EQ(TreeLike(*FindDesign("v6.12"))->name, "linux-source-6.12");
  EXPECT_EQ(TreeLike(*FindDesign("owner-check")), nullptr);
}

}  // namespace
}  // namespace groupfuzz
