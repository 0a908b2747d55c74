// The mails on what is known: that of the central race, and how wide all of them are.
#include "harness/verdict/execution_mail.h"

#include <optional>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/known_programs.h"
#include "harness/verdict/runner.h"

namespace groupfuzz {
namespace {

constexpr uint64_t kSearch = 20'000;

const KnownProgram& ProgramNamed(std::string_view name) {
  for (const KnownProgram& known : KnownPrograms()) {
    if (known.path.find(name) != std::string::npos) return known;
  }
  ADD_FAILURE() << "there is no " << name;
  return KnownPrograms().front();
}

std::string MailOn(const Design& design, const Program& program, const std::string& id) {
  return ExecutionMail(design, program,
                       {.opening = MailOpening(design), .commands = MailCommands(design)}, {id});
}

// Begins with a line break that is not part of it.
constexpr char kCentralRace[] = R"(
groupfuzz has a port of the group code to user space, its design claim-v1
(the 2023 patch as posted: claim, change, release). There this sequence
breaks a rule:

At first default_domain and domain of the group are D0:DMA, owner_cnt is 0.

CPU0                                   CPU1
----                                   ----
iommu_group_store_type("DMA-FQ\n")
  read default_domain unlocked
                                       iommu_group_store_type("identity\n")
                                         attach dev0 to B
                                         owner_cnt is now 1, owner set
                                         domain is now B:blocked
                                         default_domain is now D1:identity
                                         attach dev0 to D1
                                         domain is now D1:identity
                                         free D0
                                         owner_cnt is now 0, owner NULL
                                       iommu_device_use_default_domain(dev0)
                                         owner_cnt is now 1
  device_lock(dev0)
  mutex_lock(&group->mutex)
  default_domain is now D2:DMA-FQ
  attach dev0 to D2
  domain is now D2:DMA-FQ
  mutex_unlock(&group->mutex)

(D0, D1: domains, in the order in which they appear; B: the blocking domain)

What is wrong then: identity domain D1 was replaced by DMA-FQ domain D2
under a bound driver that counts on it.
The rule (I2): No driver that counted itself sees the default domain
exchanged.
Its source: Linux 6.12 iommu_device_use_default_domain(),
iommu_group_store_type().

Also wrong in that execution, up to its end:

  I32  group->mutex is taken under device_lock, which is taken under it, at
       once or by way of other locks
  I8   the group is owned and on its default domain
  I33  a write acts in a second hold of the mutex, on what it decided in the
       first
  I1   identity domain D1 was replaced by DMA-FQ domain D2 while owner_cnt
       was 1

Known to groupfuzz (corpus/known/domain-replaced-under-a-bound-driver.txt):
The central race: a strict-to-lazy write decides without the lock that it
need not claim, another write and a bind come first, and the domain of the
bound driver is replaced.

The program, race.txt:

    groupfuzz 1
    thread 0
      store_type "DMA-FQ\n"
    thread 1
      store_type "identity\n"
      bind 0
    schedule 0 0 0 0 0 1

To see it again, in a checkout of groupfuzz:

    ci/setup
    cmake --workflow --preset release
    build/release/bin/groupfuzz explain --design claim-v1 race.txt
)";

TEST(ExecutionMailTest, TheCentralRace) {
  const KnownProgram& race = ProgramNamed("domain-replaced-under-a-bound-driver");
  EXPECT_EQ(MailOn(*FindDesign("claim-v1"), race.contents.program, "I2"), kCentralRace + 1);
}

TEST(ExecutionMailTest, WhatBreaksNoRuleIsNoMail) {
  const KnownProgram& race = ProgramNamed("domain-replaced-under-a-bound-driver");
  EXPECT_EQ(MailOn(*FindDesign("owner-check"), race.contents.program, "I2"), "");
}

TEST(ExecutionMailTest, WhatIsKnownIsSaidOfThatDesignAndRuleAlone) {
  const KnownProgram& known = ProgramNamed("failed-write-strands-the-device");
  const Design& v64 = *FindDesign("v6.4");
  const Program& program = known.contents.program;
  const Property& rule = *FindProperty("I15");
  // Its words are of several designs.
  EXPECT_EQ(KnownNote(v64, program, rule),
            "Known to groupfuzz (corpus/known/failed-write-strands-the-device.txt).");
  EXPECT_EQ(KnownNote(v64, program, *FindProperty("I2")), "");
  EXPECT_EQ(KnownNote(*FindDesign("v6.12"), program, rule), "");
  Design tree = v64;
  tree.name = "linux:linux-source-6.1";
  const std::string note = KnownNote(tree, program, rule);
  EXPECT_NE(note.find(", as a defect at iommu.c:2974, iommu_change_dev_def_domain(): "),
            std::string::npos)
      << note;
  EXPECT_TRUE(
      note.ends_with(" It is gone with corpus/trees/linux-source-6.1/repairs/reattach-old.sed."))
      << note;
}

TEST(ExecutionMailTest, NoMailOnWhatIsKnownIsTooWide) {
  int mails = 0;
  for (const KnownProgram& known : KnownPrograms()) {
    for (const Expectation& expected : known.contents.expectations) {
      const Design* design = FindDesign(expected.design);
      if (design == nullptr) continue;  // a tree that this build has not
      Runner runner(*design);
      const std::optional<Counterexample> found =
          FindEasiest(runner, known.contents.program, FindingKey(expected.property),
                      {.max_executions = kSearch});
      ASSERT_TRUE(found.has_value()) << known.path << " " << expected.design;
      Program program = known.contents.program;
      program.schedule = found->schedule;
      Normalize(&program);
      const std::string mail = MailOn(*design, program, expected.property);
      ++mails;
      EXPECT_NE(mail.find("The rule (" + expected.property + "): "), std::string::npos)
          << known.path << " " << expected.design << "\n"
          << mail;
      size_t start = 0;
      for (size_t end = mail.find('\n'); end != std::string::npos; end = mail.find('\n', start)) {
        EXPECT_LE(end - start, kMailColumns)
            << known.path << ": " << mail.substr(start, end - start);
        start = end + 1;
      }
    }
  }
  EXPECT_GT(mails, 100);
}

}  // namespace
}  // namespace groupfuzz
