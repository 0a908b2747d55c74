#include "harness/program/mutation_steps.h"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "harness/program/byte_codec.h"
#include "harness/program/program_words.h"

namespace groupfuzz {
namespace {

// Programs are small: a later callback seldom happens.
constexpr int kMaxFirstOccurrence = 8;

// One change under way.
struct Change {
  Program* program;
  Random* random;
  const MutationOptions* options;

  int device_count() const { return program->configuration.device_count; }
  std::vector<Op>& AnyThread() const {
    return program->threads[random->Below(program->thread_count)];
  }
  // nullptr where the program has no op.
  Op* AnyOp() const {
    const int count = OpCount(*program);
    if (count == 0) return nullptr;
    size_t index = random->Below(static_cast<size_t>(count));
    for (std::vector<Op>& ops : program->threads) {
      if (index < ops.size()) return &ops[index];
      index -= ops.size();
    }
    return nullptr;
  }
};

// --- values -----------------------------------------------------------------------------------

WriteBuffer MutateText(WriteBuffer text, Random* random) {
  const std::span<const WriteBuffer> common = CommonTexts();
  switch (random->Below(8)) {
    case 0:  // a byte more, a byte less, another byte
      text.size = static_cast<uint8_t>(random->Below(kMaxTextBytes + 1));
      return text;
    case 1:
      text.bytes[random->Below(kMaxTextBytes)] = static_cast<char>(random->Below(256));
      return text;
    case 2:
      text.padding = static_cast<uint16_t>(random->OneIn(2) ? 0 : random->Next());
      return text;
    case 3:
      return random->Of(common);
    default:  // a word that is accepted is what gets far
      return common[random->Below(4)];
  }
}

// Gives every argument that the kind of `op` uses a new value with probability 1 / one_in.
void RandomizeArguments(const Change& change, size_t one_in, Op* op) {
  Random& random = *change.random;
  const OpTraits& traits = TraitsOf(op->kind);
  const auto field = [&](bool used, uint8_t* value, int low, int count) {
    if (used && random.OneIn(one_in)) *value = static_cast<uint8_t>(low + random.Below(count));
  };
  field(traits.device, &op->device, 0, change.device_count());
  field(traits.cookie, &op->cookie, 0, kCookies);
  field(traits.domain, &op->domain, 0, kUserDomains);
  field(traits.pasid, &op->pasid, 1, kMaxPasids);
  if (random.OneIn(one_in)) op->flag = random.OneIn(4);
  if (!traits.text) return;
  if (random.OneIn(one_in)) op->text = MutateText(op->text, &random);
  if (random.OneIn(one_in)) {
    op->capabilities = random.OneIn(8) ? random.Of(kCapabilities).value : Capabilities::kBoth;
  }
}

Op RandomOp(const Change& change) {
  Op op;
  // The file under test is the type attribute: write it often.
  op.kind = change.random->OneIn(4) ? OpKind::kStoreType
                                    : static_cast<OpKind>(change.random->Below(kOpKinds));
  RandomizeArguments(change, 1, &op);
  return op;
}

Fault RandomFault(Random* random) {
  Fault fault;
  fault.kind = static_cast<FaultKind>(random->Below(kFaultKinds));
  fault.first = static_cast<uint8_t>(1 + random->Below(kMaxFirstOccurrence));
  fault.count = static_cast<uint8_t>(1 + (random->OneIn(4) ? random->Below(3) : 0));
  if (random->OneIn(8)) fault.count = kEveryOccurrence;
  const std::span<const ErrnoName> errnos = FaultErrnos(fault.kind);
  fault.error = random->Of(errnos).value;
  return fault;
}

// What undoes an op, or goes with it: the pairs that the ownership rules are about.
struct Pair {
  OpKind first;
  OpKind second;
};
constexpr std::array kPairs = {
    Pair{OpKind::kBind, OpKind::kUnbind},
    Pair{OpKind::kGroupClaim, OpKind::kGroupRelease},
    Pair{OpKind::kDeviceClaim, OpKind::kDeviceRelease},
    Pair{OpKind::kAttachDevice, OpKind::kDetachDevice},
    Pair{OpKind::kAttachGroup, OpKind::kDetachGroup},
    Pair{OpKind::kAttachHandle, OpKind::kDetachHandle},
    Pair{OpKind::kAttachPasid, OpKind::kDetachPasid},
    Pair{OpKind::kDmaMap, OpKind::kDmaUnmap},
    Pair{OpKind::kRemoveDevice, OpKind::kAddDevice},
    Pair{OpKind::kGroupClaim, OpKind::kAttachGroup},
    Pair{OpKind::kDeviceClaim, OpKind::kAttachHandle},
    Pair{OpKind::kGroupClaim, OpKind::kReplaceGroup},
    Pair{OpKind::kBind, OpKind::kDmaMap},
};

// --- changes: each returns whether the program had something for it ----------------------------

// A thread that is full loses its last op.
void InsertAt(size_t place, const Op& op, std::vector<Op>* ops) {
  if (ops->size() == kMaxOps) ops->pop_back();
  place = std::min(place, ops->size());
  ops->insert(ops->begin() + static_cast<ptrdiff_t>(place), op);
}

void InsertAnywhere(const Change& change, const Op& op) {
  std::vector<Op>& ops = change.AnyThread();
  InsertAt(change.random->Below(ops.size() + 1), op, &ops);
}

// Removes an op and returns it; the program has one.
Op RemoveAny(const Change& change) {
  Op* const op = change.AnyOp();
  const Op removed = *op;
  for (std::vector<Op>& ops : change.program->threads) {
    if (op >= ops.data() && op < ops.data() + ops.size()) {
      ops.erase(ops.begin() + (op - ops.data()));
      break;
    }
  }
  return removed;
}

bool InsertOp(const Change& change) {
  InsertAnywhere(change, RandomOp(change));
  return true;
}

bool InsertPair(const Change& change) {
  const Pair pair = change.random->Of(kPairs);
  std::vector<Op>& ops = change.AnyThread();
  Op op;
  op.kind = pair.first;
  RandomizeArguments(change, 1, &op);
  const size_t first = std::min<size_t>(change.random->Below(ops.size() + 1), kMaxOps - 2);
  InsertAt(first, op, &ops);
  op.kind = pair.second;
  InsertAt(first + 1 + change.random->Below(ops.size() - first), op, &ops);
  return true;
}

bool RemoveOp(const Change& change) {
  if (change.AnyOp() == nullptr) return false;
  RemoveAny(change);
  return true;
}

bool DuplicateOp(const Change& change) {
  const Op* const op = change.AnyOp();
  if (op == nullptr) return false;
  const Op copy = *op;
  InsertAnywhere(change, copy);
  return true;
}

bool MoveOp(const Change& change) {
  if (change.AnyOp() == nullptr) return false;
  const Op op = RemoveAny(change);
  InsertAnywhere(change, op);
  return true;
}

bool SwapOps(const Change& change) {
  Op* const first = change.AnyOp();
  Op* const second = change.AnyOp();
  if (first == second) return false;
  std::swap(*first, *second);
  return true;
}

bool ChangeKind(const Change& change) {
  Op* const op = change.AnyOp();
  if (op == nullptr) return false;
  op->kind = RandomOp(change).kind;
  return true;
}

bool ChangeArguments(const Change& change) {
  Op* const op = change.AnyOp();
  if (op == nullptr) return false;
  RandomizeArguments(change, 2, op);
  return true;
}

bool AddFault(const Change& change) {
  FaultPlan& plan = change.program->faults;
  if (plan.size == kMaxFaults) return false;
  plan.faults[plan.size++] = RandomFault(change.random);
  return true;
}

bool RemoveFault(const Change& change) {
  FaultPlan& plan = change.program->faults;
  if (plan.size == 0) return false;
  plan.faults[change.random->Below(plan.size)] = plan.faults[plan.size - 1];
  --plan.size;
  return true;
}

bool ChangeFault(const Change& change) {
  FaultPlan& plan = change.program->faults;
  if (plan.size == 0) return false;
  Fault& fault = plan.faults[change.random->Below(plan.size)];
  const Fault other = RandomFault(change.random);
  switch (change.random->Below(3)) {
    case 0:
      fault = other;
      break;
    case 1:
      fault.first = other.first;
      break;
    default:
      fault.error = other.error;
  }
  return true;
}

bool ChangeChoice(const Change& change) {
  Schedule& schedule = change.program->schedule;
  if (schedule.choices.empty()) return false;
  change.random->Of(schedule.choices) =
      static_cast<uint8_t>(change.random->Below(change.program->thread_count));
  return true;
}

// Up to where schedules grow: what comes later than that is better left to a random tail.
constexpr size_t kGrownChoices = 128;

bool ShiftChoices(const Change& change) {
  std::vector<uint8_t>& choices = change.program->schedule.choices;
  if (choices.empty()) return false;
  const auto place = choices.begin() + static_cast<ptrdiff_t>(change.random->Below(choices.size()));
  if (change.random->OneIn(2) && choices.size() < kGrownChoices) {
    choices.insert(place, 0);
  } else {
    choices.erase(place);
  }
  return true;
}

bool ExtendSchedule(const Change& change) {
  constexpr size_t kMaxStay = 6;
  std::vector<uint8_t>& choices = change.program->schedule.choices;
  if (change.program->thread_count == 1) return false;
  const size_t stay = change.random->Below(kMaxStay);
  if (choices.size() + stay + 1 > kGrownChoices) return false;
  choices.insert(choices.end(), stay, 0);
  choices.push_back(
      static_cast<uint8_t>(1 + change.random->Below(change.program->thread_count - 1)));
  return true;
}

bool CutSchedule(const Change& change) {
  Schedule& schedule = change.program->schedule;
  if (schedule == Schedule{}) return false;
  schedule.choices.resize(change.random->Below(schedule.choices.size() + 1));
  if (change.random->OneIn(2)) schedule.tail = Tail::kContinue;
  return true;
}

bool NewTail(const Change& change) {
  if (change.program->thread_count == 1) return false;
  change.program->schedule.tail = Tail::kRandom;
  change.program->schedule.seed = static_cast<uint32_t>(change.random->Next());
  return true;
}

bool ChangeDevice(const Change& change) {
  DeviceConfig& device =
      change.program->configuration
          .devices[change.random->Below(static_cast<size_t>(change.device_count()))];
  const size_t index = change.random->Below(kDeviceFlags.size() + 1);
  if (index == kDeviceFlags.size()) {
    device.preference = change.random->Of(kPreferences).value;
  } else {
    kDeviceFlags[index].Set(&device, !kDeviceFlags[index].In(device));
  }
  return true;
}

bool ChangeDriver(const Change& change) {
  DriverConfig& driver = change.program->configuration.driver;
  const size_t index = change.random->Below(kDriverFlags.size() + 2);
  if (index == kDriverFlags.size()) {
    driver.identity = change.random->Of(kIdentitySupports).value;
    driver.forces_identity = false;
  } else if (index > kDriverFlags.size()) {
    driver.blocked = change.random->Of(kBlockedSupports).value;
  } else {
    kDriverFlags[index].Set(&driver, !kDriverFlags[index].In(driver));
  }
  return true;
}

bool ChangeDefault(const Change& change) {
  change.program->configuration.default_type = change.random->Of(kDefaultTypes).value;
  return true;
}

bool ChangeDeviceCount(const Change& change) {
  change.program->configuration.device_count =
      static_cast<uint8_t>(1 + change.random->Below(kMaxDevices));
  return true;
}

bool ChangeThreadCount(const Change& change) {
  const int choices = change.options->max_threads - change.options->min_threads + 1;
  change.program->thread_count = static_cast<uint8_t>(
      change.options->min_threads + static_cast<int>(change.random->Below(choices)));
  return true;
}

struct Weighted {
  bool (*apply)(const Change&);
  int weight;
};
constexpr std::array kChanges = {
    Weighted{InsertOp, 8},
    Weighted{InsertPair, 4},
    Weighted{RemoveOp, 8},
    Weighted{DuplicateOp, 2},
    Weighted{MoveOp, 5},
    Weighted{SwapOps, 4},
    Weighted{ChangeKind, 4},
    Weighted{ChangeArguments, 8},
    Weighted{AddFault, 2},
    Weighted{RemoveFault, 2},
    Weighted{ChangeFault, 2},
    Weighted{ChangeChoice, 6},
    Weighted{ShiftChoices, 4},
    Weighted{ExtendSchedule, 6},
    Weighted{CutSchedule, 3},
    Weighted{NewTail, 5},
    Weighted{ChangeDevice, 2},
    Weighted{ChangeDriver, 1},
    Weighted{ChangeDefault, 1},
    Weighted{ChangeDeviceCount, 1},
    Weighted{ChangeThreadCount, 1},
};

constexpr int TotalWeight() {
  int total = 0;
  for (const Weighted& change : kChanges) total += change.weight;
  return total;
}

}  // namespace

bool ApplyRandomChange(const MutationOptions& options, Random* random, Program* program) {
  const Change change{program, random, &options};
  int ticket = static_cast<int>(random->Below(TotalWeight()));
  for (const Weighted& candidate : kChanges) {
    ticket -= candidate.weight;
    if (ticket < 0) return candidate.apply(change);
  }
  return false;
}

}  // namespace groupfuzz
