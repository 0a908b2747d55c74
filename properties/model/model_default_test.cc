// Which default domain a group gets: behaviour 5.2 to 5.4.
#include <cerrno>
#include <string>
#include <vector>

#include "properties/model/model_cases.h"
#include "target/kernel/errno.h"

namespace groupfuzz::testing {
namespace {

Configuration IdentityAbsent(DomainType default_type) {
  Configuration machine = WithDefault(default_type);
  machine.driver.identity = Support::kAbsent;
  return machine;
}

struct Wish {
  Preference preference = Preference::kNone;
  bool untrusted = false;
};

Configuration Wishing(const std::vector<Wish>& wishes, DomainType default_type) {
  Configuration machine = WithDefault(default_type, static_cast<int>(wishes.size()));
  for (size_t i = 0; i < wishes.size(); ++i) {
    machine.devices[i].preference = wishes[i].preference;
    machine.devices[i].untrusted = wishes[i].untrusted;
  }
  return machine;
}

// Linux 6.12 gives up the IOMMU; the reference goes on without a default domain.
void ExpectNoDefault(Model& model, DesignId design) {
  const bool gives_up = design == DesignId::kV6_12;
  EXPECT_EQ(model.state().exists, !gives_up);
  EXPECT_EQ(model.state().cur, Place::kNowhere);
  EXPECT_EQ(model.Apply(Use(0)).result, gives_up ? 0 : -kernel::kEProbeDefer);
  if (gives_up) EXPECT_EQ(model.Apply(Add(0)).result, -ENODEV);
}

TEST(Section5, PreferenceAtBoot) {
  constexpr Wish kNone;
  constexpr Wish kDma = {Preference::kDma};
  constexpr Wish kIdentity = {Preference::kIdentity};
  constexpr Wish kUntrusted = {Preference::kNone, true};
  constexpr Wish kUntrustedIdentity = {Preference::kIdentity, true};
  constexpr int kRefused = -1;
  struct {
    const char* row;
    std::vector<Wish> wishes;
    DomainType global;
    int to62;  // a DomainType, or kRefused
    int today;
  } const rows[] = {
      {"nobody cares", {kNone, kNone}, DomainType::kDmaFq, 11, 11},
      {"driver wants IDENTITY", {kNone, kIdentity}, DomainType::kDma, 4, 4},
      {"driver wants DMA", {kDma, kNone}, DomainType::kIdentity, 3, 3},
      {"untrusted", {kNone, kUntrusted}, DomainType::kIdentity, 3, 3},
      {"conflict: global / IDENTITY wins", {kDma, kIdentity}, DomainType::kDma, 3, 4},
      {"conflict, other order", {kIdentity, kDma}, DomainType::kDmaFq, 11, 4},
      {"untrusted beats its driver / refused", {kUntrustedIdentity}, DomainType::kDma, 3, kRefused},
      {"untrusted against another's driver",
       {kUntrusted, kIdentity},
       DomainType::kDma,
       3,
       kRefused},
  };
  for (const auto& row : rows) {
    for (DesignId design : kAllDesigns) {
      SCOPED_TRACE(std::string(NameOf(design)) + ", 5.2 " + row.row);
      const int want = (Bit(design) & k612) != 0 ? row.today : row.to62;
      Model model(Wishing(row.wishes, row.global), design);
      ASSERT_FALSE(model.lost());
      ASSERT_EQ(model.state().has_default, want != kRefused);
      if (want == kRefused) {
        ExpectNoDefault(model, design);
        continue;
      }
      EXPECT_EQ(static_cast<int>(model.state().default_type), want);
      EXPECT_EQ(model.state().cur, Place::kDefault);
    }
  }
}

TEST(Section5, PreferenceAtAWrite) {
  constexpr unsigned kGroupScan = kAll & ~Bit(DesignId::kClaimV1) & ~k61;
  const Configuration second_wants_dma = Wishing({{}, {Preference::kDma}}, DomainType::kDma);
  const Configuration conflict =
      Wishing({{Preference::kDma}, {Preference::kIdentity}}, DomainType::kDma);
  Configuration forced;
  forced.driver.forces_identity = true;
  Holds({
      Row("5.2 any member refuses", kGroupScan, second_wants_dma, {}, Store("identity"), -EINVAL),
      Row("5.2 only the first is asked", kTo62, second_wants_dma, {Remove(1)}, Store("identity"),
          8),
      Row("5.2 conflict counts as none", k62 & kGroupScan, conflict, {}, Store("identity"), 8),
      Row("5.2 IDENTITY wins", k612, conflict, {}, Store("DMA"), -EINVAL),
      Row("5.2 IDENTITY wins, auto", k612, conflict, {}, Store("auto"), 4,
          Default(DomainType::kIdentity)),
      Row("5.2 ops.default_domain", k612, forced, {}, Store("DMA"), -EINVAL,
          Default(DomainType::kIdentity)),
      Row("5.3 ops.default_domain, same object", k612, forced, {}, Store("identity"), 8,
          Default(DomainType::kIdentity)),
  });
}

TEST(Section5, Allocation) {
  Configuration no_queue;
  no_queue.devices[0].no_deferred_flush = true;
  Configuration second_without_queue = WithDefault(DomainType::kDmaFq, 2);
  second_without_queue.devices[1].no_deferred_flush = true;
  const Configuration global_identity = IdentityAbsent(DomainType::kIdentity);
  Holds({
      Row("5.3 explicit, fallback", kTo62, IdentityAbsent(DomainType::kDma), {}, Store("identity"),
          8, Default(DomainType::kDma)),
      Row("5.3 explicit, no fallback", k612, IdentityAbsent(DomainType::kDma), {},
          Store("identity"), -EOPNOTSUPP, Default(DomainType::kDma)),
      Row("5.3 auto, fallback", kAll, global_identity, {}, Store("auto"), 4,
          Default(DomainType::kDma)),
      Row("5.4 capability at first init", k612, no_queue, {Store("identity")}, Store("DMA-FQ"), 6,
          Default(DomainType::kDma)),
      Row("5.4 no capability test", kTo62, no_queue, {Store("identity")}, Store("DMA-FQ"), 6,
          Default(DomainType::kDmaFq)),
      Row("5.4 in place: no capability test", kAll, no_queue, {}, Store("DMA-FQ"), 6,
          Default(DomainType::kDmaFq)),
      Row("5.4 only the first device initialises", kAll, second_without_queue, {}, Show(), 7),
  });
}

TEST(Section5, AutoFallsBackToWhatIsThere) {
  const Configuration machine = IdentityAbsent(DomainType::kIdentity);
  for (DesignId design : kAllDesigns) {
    Model model(machine, design);
    EXPECT_EQ(model.state().default_type, DomainType::kDma) << NameOf(design);
    const bool reuses = (Bit(design) & k612) != 0;
    EXPECT_EQ(model.Apply(Store("auto")).change,
              reuses ? DefaultChange::kNone : DefaultChange::kReplaced)
        << NameOf(design);
  }
}

}  // namespace
}  // namespace groupfuzz::testing
