// The sequential model is held to the rows of the behaviour tables, for every design.
//
// The rows are those of target/testing; this is their main() with the models added before tests are
// made of them. A model has no events, faults or threads: what of a row needs them is counted.
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <string>

#include "properties/model/model_testing.h"
#include "properties/suites/reference_machine.h"
#include "target/designs/design.h"
#include "target/testing/rows.h"

namespace groupfuzz {
namespace {

constexpr char kModelPrefix[] = "model:";

// The users in front of the model, as a system under test.
class ModelSystem final : public System {
 public:
  explicit ModelSystem(DesignId design) : design_(design) {}

  void Build(const Configuration& configuration, const Footprint&, CallObserver*) override {
    machine_.emplace(configuration, design_);
    api_.emplace(*machine_);
  }
  int64_t Perform(const Op& op) override {
    const int64_t result = machine_->Perform(op);
    return machine_->sure() ? result : kAnything;
  }
  void TearDown() override {}
  IommuApi* api() override { return &*api_; }
  const kernel::Lock* FirstLock(const Op&) const override { return nullptr; }
  void TakeSnapshot(Snapshot* snapshot) const override {
    *snapshot = testing::Render(machine_->model());
  }
  uint64_t Fingerprint() const override { return machine_->model().Hash(); }
  int live_objects() const override { return 0; }

 private:
  // Says which results are open; shows the type of the default domain, and that domains are
  // allocated, as others would.
  class Api final : public IommuApi {
   public:
    explicit Api(ReferenceMachine& machine) : machine_(machine) {}
    bool Provides(Function function) const override { return machine_.api().Provides(function); }
    int64_t Perform(const Call& call) override;

   private:
    ReferenceMachine& machine_;
  };

  DesignId design_;
  std::optional<ReferenceMachine> machine_;
  std::optional<Api> api_;
};

int64_t ModelSystem::Api::Perform(const Call& call) {
  const int64_t result = machine_.api().Perform(call);
  switch (machine_.outcome().kind) {
    case Outcome::Kind::kAny:
      return kAnything;
    case Outcome::Kind::kAnyError:
      return kSomeError;
    case Outcome::Kind::kExact:
      break;
  }
  const Snapshot now = testing::Render(machine_.model());
  if (call.function == Function::kShowType && result > 0) {
    const std::string word = DomainTypeName(now.default_domain.type);
    std::snprintf(call.shown, kShowTypeBytes, "%s\n", word.c_str());
  }
  if (call.function == Function::kAllocDomain && result == 0) {
    const DomainRef domain = now.user_domains[call.domain];
    kernel::runtime().Record({.kind = EventKind::kDomainAlloc,
                              .value = static_cast<uint8_t>(domain.type),
                              .domain = domain.id});
  }
  return result;
}

void AddModels() {
  for (const Design& design : Designs()) {
    const DesignId id = design.judged_as;
    const Design& model =
        RegisterUnlisted({.judged_as = id,
                          .name = kModelPrefix + design.name,
                          .rules = design.rules,
                          .summary = "the decision tables",
                          .make = [id] { return std::make_unique<ModelSystem>(id); }});
    port_test::AddSubject({&model, port_test::kAbsent});
  }
}

}  // namespace
}  // namespace groupfuzz

int main(int argc, char** argv) {
  groupfuzz::AddModels();
  ::testing::InitGoogleTest(&argc, argv);
  const int status = RUN_ALL_TESTS();
  return groupfuzz::port_test::ReportRun(groupfuzz::kModelPrefix) ? status : 1;
}
