// The model as a value: hashing, comparison with snapshots, adoption of them, its words.
#include "properties/model/model.h"

#include <functional>
#include <set>

#include "gtest/gtest.h"
#include "properties/model/model_testing.h"

namespace groupfuzz {
namespace {

using testing::After;
using testing::AllDesigns;
using testing::Alloc;
using testing::Attach;
using testing::Claim;
using testing::Machines;
using testing::NameOf;
using testing::Remove;
using testing::Render;
using testing::Store;
using testing::Use;

using Field = Difference::Field;

Model Busy() {
  return After(Machines(2), DesignId::kOwnerCheck, {Claim(1), Alloc(0), Alloc(1), Attach(1)});
}

TEST(ModelTest, IsASmallValue) {
  static_assert(std::is_trivially_copyable_v<Model>);
  const Model model = Busy();
  Model copy = model;
  EXPECT_EQ(copy, model);
  EXPECT_EQ(copy.Hash(), model.Hash());
  copy.Apply(testing::Detach(1));
  EXPECT_NE(copy, model);
  EXPECT_NE(copy.Hash(), model.Hash());
}

TEST(ModelTest, DifferentHistoriesOfOneStateHashAlike) {
  for (DesignId design : AllDesigns()) {
    const Model a = After(Machines(2), design, {Claim(0), testing::Release(), Use(0), Use(1)});
    const Model b = After(Machines(2), design, {Claim(2), testing::Release(), Use(1), Use(0)});
    EXPECT_EQ(a, b);
    EXPECT_EQ(a.Hash(), b.Hash());
  }
}

TEST(CompareTest, RenderedSnapshotIsEqual) {
  for (DesignId design : AllDesigns()) {
    EXPECT_FALSE(Compare(Model(Machines(3), design), Render(Model(Machines(3), design))));
    const Model gone = After(Machines(1), design, {Remove(0)});
    EXPECT_FALSE(Compare(gone, Render(gone)));
  }
  EXPECT_FALSE(Compare(Busy(), Render(Busy())));
}

TEST(CompareTest, EveryFieldIsLookedAt) {
  struct {
    Field field;
    std::function<void(Snapshot&)> spoil;
    const char* words;
  } const rows[] = {
      {Field::kExists, [](Snapshot& s) { s = {}; }, "group exists: expected 1, got 0"},
      {Field::kMembers, [](Snapshot& s) { s.members = 1; }, "members: expected 2, got 1"},
      {Field::kMembers, [](Snapshot& s) { s.devices[1].member = false; },
       "dev1 is a member: expected 1, got 0"},
      {Field::kOwnerCount, [](Snapshot& s) { s.owner_cnt = 2; }, "owner_cnt: expected 1, got 2"},
      {Field::kOwner, [](Snapshot& s) { s.owner = kNobody; }, "owner: expected B, got nobody"},
      {Field::kDefaultDomain, [](Snapshot& s) { s.default_domain = {}; },
       "default_domain: expected DMA, got none"},
      {Field::kDefaultType, [](Snapshot& s) { s.default_domain.type = DomainType::kIdentity; },
       "default_domain: expected DMA, got identity"},
      {Field::kBlockingDomain, [](Snapshot& s) { s.blocking_domain = {}; },
       "blocking_domain: expected blocked, got none"},
      {Field::kDomain, [](Snapshot& s) { s.domain = s.user_domains[0]; },
       "domain: expected U1, got U0"},
      {Field::kPasids, [](Snapshot& s) { s.pasids = 4; }, "pasid_array (bits): expected 0, got 4"},
      {Field::kHardware, [](Snapshot& s) { s.devices[1].hw = {}; },
       "dev1 translates through: expected U1, got nowhere"},
  };
  const Model model = Busy();
  for (const auto& row : rows) {
    Snapshot snapshot = Render(model);
    row.spoil(snapshot);
    const Difference difference = Compare(model, snapshot);
    EXPECT_EQ(difference.field, row.field) << row.words;
    EXPECT_EQ(Describe(difference, model, snapshot), row.words);
  }
}

TEST(CompareTest, DomainsWithoutANameMayBeAnybodys) {
  Snapshot snapshot = Render(Busy());
  snapshot.user_domains = {};
  EXPECT_FALSE(Compare(Busy(), snapshot));
  snapshot.domain = snapshot.blocking_domain;
  EXPECT_EQ(Compare(Busy(), snapshot).field, Field::kDomain);
}

TEST(AdoptTest, TakesOverEverythingThatCounts) {
  for (DesignId design : AllDesigns()) {
    const Model models[] = {
        Model(Machines(3), design),
        After(Machines(2), design, {Use(0), Use(1), Store("DMA-FQ")}),
        After(Machines(2), design, {Claim(1), Alloc(0), Alloc(1), Attach(1)}),
        After(Machines(2), design, {Remove(0)}),
    };
    for (const Model& model : models) {
      Model adopted(Machines(3), design);
      adopted.Adopt(Render(model));
      EXPECT_EQ(adopted, model) << NameOf(design);
    }
  }
}

TEST(AdoptTest, EndsBeingLost) {
  Model model = After(Machines(1), DesignId::kOwnerCheck, {Attach(0)});
  ASSERT_TRUE(model.lost());
  EXPECT_FALSE(Compare(model, Snapshot{}));
  model.Adopt(Render(Model(Machines(1), DesignId::kOwnerCheck)));
  EXPECT_FALSE(model.lost());
  EXPECT_EQ(model.Apply(Store("identity")).result, 8);
}

TEST(AdoptTest, StaysLostWhereDomainsHaveNoName) {
  Snapshot snapshot = Render(Busy());
  snapshot.user_domains = {};
  Model model(Machines(2), DesignId::kOwnerCheck);
  model.Adopt(snapshot);
  EXPECT_TRUE(model.lost());
}

TEST(OutcomeTest, SaysWhy) {
  Model model = After(Machines(1), DesignId::kOwnerCheck, {Use(0)});
  EXPECT_EQ(model.Apply(Store("identity")).Describe(), "-EPERM, because owner_cnt is not zero");
  EXPECT_EQ(model.Apply(Store("DMA-FQ")).Describe(), "6, because DMA becomes DMA-FQ");
}

TEST(OutcomeTest, Allows) {
  EXPECT_TRUE((Outcome{.result = -1}).Allows(-1));
  EXPECT_FALSE((Outcome{.result = -1}).Allows(-2));
  const Outcome any_error{.kind = Outcome::Kind::kAnyError};
  EXPECT_TRUE(any_error.Allows(-22));
  EXPECT_FALSE(any_error.Allows(0));
  EXPECT_FALSE(any_error.Allows(4));
  EXPECT_TRUE((Outcome{.kind = Outcome::Kind::kAny}).Allows(4));
}

}  // namespace
}  // namespace groupfuzz
