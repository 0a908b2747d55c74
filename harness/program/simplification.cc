#include "harness/program/simplification.h"

#include <algorithm>
#include <utility>

#include "harness/program/byte_codec.h"
#include "harness/program/program_words.h"

namespace groupfuzz {
namespace {

// Collects candidates that are normalized and differ from the program they come from.
class Candidates {
 public:
  explicit Candidates(const Program& program) : program_(program) {}

  // Adds the program as changed by `edit`, unless that changes nothing.
  template <typename Edit>
  void Try(Edit edit) {
    Program candidate = program_;
    edit(candidate);
    Normalize(&candidate);
    if (candidate != program_) candidates_.push_back(std::move(candidate));
  }

  std::vector<Program> Take() { return std::move(candidates_); }

 private:
  const Program& program_;
  std::vector<Program> candidates_;
};

void RemoveThread(Program& program, int thread) {
  for (int t = thread; t + 1 < kMaxThreads; ++t) program.threads[t] = program.threads[t + 1];
  program.threads[kMaxThreads - 1].clear();
  --program.thread_count;
}

// `from` goes on where `to` ends.
void MergeThreads(Program& program, int to, int from) {
  std::vector<Op>& ops = program.threads[to];
  ops.insert(ops.end(), program.threads[from].begin(), program.threads[from].end());
  RemoveThread(program, from);
}

void TryThreads(const Program& program, Candidates& candidates) {
  if (program.thread_count == 1) return;
  for (int t = program.thread_count - 1; t >= 0; --t) {
    candidates.Try([&](Program& p) { RemoveThread(p, t); });
  }
  for (int from = program.thread_count - 1; from >= 0; --from) {
    for (int to = 0; to < program.thread_count; ++to) {
      const size_t ops = program.threads[from].size() + program.threads[to].size();
      if (to == from || ops > kMaxOps) continue;
      candidates.Try([&](Program& p) { MergeThreads(p, to, from); });
    }
  }
}

void TryOpRanges(const Program& program, Candidates& candidates, size_t length) {
  for (int t = 0; t < program.thread_count; ++t) {
    const size_t size = program.threads[t].size();
    for (size_t end = size; end >= length; --end) {
      candidates.Try([&](Program& p) {
        std::vector<Op>& ops = p.threads[t];
        const auto first = ops.begin() + static_cast<std::ptrdiff_t>(end - length);
        ops.erase(first, first + static_cast<std::ptrdiff_t>(length));
      });
    }
  }
}

void TryFaults(const Program& program, Candidates& candidates) {
  for (int i = 0; i < program.faults.size; ++i) {
    candidates.Try([&](Program& p) {
      std::move(p.faults.faults.begin() + i + 1, p.faults.faults.end(),
                p.faults.faults.begin() + i);
      p.faults.faults[--p.faults.size] = Fault{};
    });
    candidates.Try([&](Program& p) { p.faults.faults[i].count = 1; });
    for (int first = 1; first < program.faults.faults[i].first; ++first) {
      candidates.Try([&](Program& p) { p.faults.faults[i].first = static_cast<uint8_t>(first); });
    }
    candidates.Try([&](Program& p) {
      const Fault& fault = p.faults.faults[i];
      p.faults.faults[i].error = FaultErrnos(fault.kind).front().value;
    });
  }
}

bool UsesDevice(const Program& program, int device) {
  for (const std::vector<Op>& ops : program.threads) {
    for (const Op& op : ops) {
      if (TraitsOf(op.kind).device && op.device == device) return true;
    }
  }
  return false;
}

void RemoveDevice(Program& program, int device) {
  auto& devices = program.configuration.devices;
  for (int d = device; d + 1 < kMaxDevices; ++d) devices[d] = devices[d + 1];
  devices[kMaxDevices - 1] = DeviceConfig{};
  --program.configuration.device_count;
  for (std::vector<Op>& ops : program.threads) {
    for (Op& op : ops) {
      if (op.device > device) --op.device;
    }
  }
}

void TryDevice(Candidates& candidates, int device) {
  for (const Flag<DeviceConfig>& flag : kDeviceFlags) {
    candidates.Try([&](Program& p) { flag.Set(&p.configuration.devices[device], false); });
  }
  candidates.Try(
      [&](Program& p) { p.configuration.devices[device].preference = kPreferences[0].value; });
}

void TryDriver(Candidates& candidates) {
  for (const Flag<DriverConfig>& flag : kDriverFlags) {
    candidates.Try([&](Program& p) { flag.Set(&p.configuration.driver, false); });
  }
  candidates.Try([](Program& p) { p.configuration.driver.identity = kIdentitySupports[0].value; });
  candidates.Try([](Program& p) { p.configuration.driver.blocked = kBlockedSupports[0].value; });
}

void TryConfiguration(const Program& program, Candidates& candidates) {
  candidates.Try([](Program& p) {
    const uint8_t count = p.configuration.device_count;
    p.configuration = Configuration{};
    p.configuration.device_count = count;
  });
  for (int d = program.configuration.device_count - 1; d >= 0; --d) {
    if (program.configuration.device_count == 1 || UsesDevice(program, d)) continue;
    candidates.Try([&](Program& p) { RemoveDevice(p, d); });
  }
  for (int d = 0; d < program.configuration.device_count; ++d) TryDevice(candidates, d);
  TryDriver(candidates);
  candidates.Try([](Program& p) { p.configuration.default_type = kDefaultTypes[0].value; });
}

// Words that store_type accepts, plainest first. A text is only ever replaced by one before it.
void TryTexts(const Op& op, Candidates& candidates, int thread, size_t index) {
  constexpr size_t kAcceptedWords = 4;
  for (const WriteBuffer& text : CommonTexts().first(kAcceptedWords)) {
    if (text == op.text) return;
    candidates.Try([&](Program& p) { p.threads[thread][index].text = text; });
  }
}

void TryOp(const Program& program, Candidates& candidates, int thread, size_t index) {
  const Op& op = program.threads[thread][index];
  const auto edit = [&](auto change) {
    candidates.Try([&](Program& p) { change(p.threads[thread][index]); });
  };
  const auto lower = [&](uint8_t Op::* field, int lowest) {
    for (int value = lowest; value < op.*field; ++value) {
      edit([&](Op& o) { o.*field = static_cast<uint8_t>(value); });
    }
  };
  lower(&Op::device, 0);
  lower(&Op::cookie, 0);
  lower(&Op::domain, 0);
  lower(&Op::pasid, 1);
  edit([](Op& o) { o.flag = false; });
  edit([](Op& o) { o.capabilities = Capabilities::kBoth; });
  if (TraitsOf(op.kind).text) {
    edit([](Op& o) { o.text.padding = 0; });
    TryTexts(op, candidates, thread, index);
  }
}

}  // namespace

std::vector<Program> SimplerSchedules(const Program& program) {
  Candidates candidates(program);
  candidates.Try([](Program& p) { p.schedule = Schedule{}; });
  const size_t size = program.schedule.choices.size();
  for (size_t keep = size / 2; keep < size; keep += std::max<size_t>((size - keep) / 2, 1)) {
    candidates.Try([&](Program& p) { p.schedule.choices.resize(keep); });
  }
  for (size_t i = 0; i < size; ++i) {
    for (uint8_t choice = 0; choice < program.schedule.choices[i]; ++choice) {
      candidates.Try([&](Program& p) { p.schedule.choices[i] = choice; });
    }
  }
  return candidates.Take();
}

std::vector<Program> SimplerThreads(const Program& program) {
  Candidates candidates(program);
  TryThreads(program, candidates);
  for (size_t length = kMaxOps; length > 0; length /= 2) TryOpRanges(program, candidates, length);
  return candidates.Take();
}

std::vector<Program> SimplerValues(const Program& program) {
  Candidates candidates(program);
  TryFaults(program, candidates);
  TryConfiguration(program, candidates);
  for (int t = 0; t < program.thread_count; ++t) {
    for (size_t i = 0; i < program.threads[t].size(); ++i) TryOp(program, candidates, t, i);
  }
  return candidates.Take();
}

}  // namespace groupfuzz
