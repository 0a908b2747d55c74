// How many sequences of nine ops a second the real iommu.c of each linked tree runs, with power on
// and off of three devices around each, and without properties. Every run must give back what it
// allocated.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "harness/execution/executor.h"
#include "harness/execution/monitor.h"
#include "harness/execution/strategies/replay_strategy.h"
#include "target/designs/design.h"
#include "target/linux/trees.h"

namespace groupfuzz {
namespace {

class Leaks final : public Monitor {
 public:
  void Begin(const Program&, const System&) override {}
  void OnEvent(const Event&) override {}
  void OnCall(const Call&) override {}
  void OnReturn(const Call&, int64_t) override {}
  void OnOpStart(uint8_t, uint8_t) override {}
  void OnOpEnd(uint8_t, uint8_t, int64_t) override {}
  void OnProblem(ExecutionProblem, uint8_t, kernel::LockClass, kernel::LockClass) override {}
  void OnProgramEnd(bool) override {}
  void End(int leaked) override { leaked_ += leaked; }
  uint64_t Fingerprint() const override { return 0; }

  int leaked() const { return leaked_; }

 private:
  int leaked_ = 0;
};

WriteBuffer Written(std::string_view word) {
  WriteBuffer text;
  text.size = static_cast<uint8_t>(word.size());
  std::copy(word.begin(), word.end(), text.bytes.begin());
  return text;
}

Program NineOps() {
  Program program;
  program.configuration.device_count = 3;
  const auto add = [&](OpKind kind, uint8_t device, std::string_view word = "") {
    Op op;
    op.kind = kind;
    op.device = device;
    op.text = Written(word);
    program.threads[0].push_back(op);
  };
  add(OpKind::kStoreType, 0, "identity\n");
  add(OpKind::kBind, 0);
  add(OpKind::kStoreType, 0, "DMA\n");
  add(OpKind::kUnbind, 0);
  add(OpKind::kGroupClaim, 1);
  add(OpKind::kAttachGroup, 1);
  add(OpKind::kDetachGroup, 1);
  add(OpKind::kGroupRelease, 1);
  add(OpKind::kRemoveDevice, 2);
  Normalize(&program);
  return program;
}

void NineOpSequence(benchmark::State& state, const Design& design) {
  const std::unique_ptr<System> system = design.make();
  const Program program = NineOps();
  Executor executor;
  Leaks leaks;
  for (auto _ : state) {
    ReplayStrategy replay(program.schedule);
    executor.Run(program, *system, replay, leaks);
  }
  if (leaks.leaked() != 0) state.SkipWithError("a run leaks");
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}

}  // namespace
}  // namespace groupfuzz

int main(int argc, char** argv) {
  for (const groupfuzz::Design* design : groupfuzz::RegisterLinuxTrees()) {
    benchmark::RegisterBenchmark(design->name.c_str(), [design](benchmark::State& state) {
      groupfuzz::NineOpSequence(state, *design);
    });
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
