// The suite of failures: what happens when that fails which can. Every allocation and every
// callback of short sequences fails, one at a time, alone and with all of its kind that come after
// it.
//
// Nothing is drawn: a failure that a unit test forgot is on the unwind path that nobody runs.
#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "harness/program/text_codec.h"
#include "properties/suites/suite_session.h"

namespace groupfuzz {
namespace {

// More than there are: all of them run, but under a sanitizer.
constexpr uint64_t kPrograms = 40'000;

// Plainest first.
constexpr std::string_view kMachines[] = {
    "device 0\ndevice 1 absent",
    "device 0\ndevice 1",
    "device 0 absent\ndevice 1 absent",
    "device 0 pasids\ndevice 1 pasids absent",
    "device 0 deferred\ndevice 1 deferred",
    "device 0 direct\ndevice 1 direct absent",
    "device 0 untrusted\ndevice 1 untrusted absent",
    "device 0 managed\ndevice 1 managed",
    "default identity\ndevice 0\ndevice 1 absent",
    "default DMA-FQ\ndevice 0\ndevice 1 direct",
    "driver blocked=allocatable\ndevice 0\ndevice 1",
    "driver failed-attach-keeps\ndevice 0\ndevice 1",
    "driver identity=static\ndevice 0\ndevice 1",
    "driver finalize-attaches\ndevice 0\ndevice 1 absent",
    "driver maps-only-attached\ndevice 0 direct\ndevice 1 absent",
};

// What users do to such a machine; what one of them refuses there costs nothing. Each kind of op is
// in one, in each role that it has.
constexpr std::string_view kSequences[] = {
    "store_type \"identity\\n\"\nstore_type \"DMA\\n\"\nstore_type \"DMA-FQ\\n\"\nshow_type",
    "store_type \"DMA-FQ\\n\"\nstore_type \"auto\\n\"\nbind 0\nshow_type",
    "bind 0\ndma_map 0\ndma_unmap 0\nunbind 0",
    "bind 0\nbind 1 probe-fails\nbind 1\ndma_map 1\nremove_device 1",
    "bind 0\nattach_device 0 U0\ndetach_device 0\ndma_map 0\nunbind 0",
    "bind 0\nattach_group 0 U0\ndetach_group 0\nfree_domain U0\nunbind 0",
    "bind 0\nattach_pasid 0 U0 pasid=1\nattach_pasid 0 U1 pasid=2\ndetach_pasid 0 pasid=1",
    "group_claim 0 A\nclaimed_query\ngroup_release 0\nbind 0\ndma_map 0",
    "group_claim 0 A\nattach_group 0 U0\nreplace_group 0 U1\ndetach_group 0\ngroup_release 0",
    "group_claim 0 A\nattach_group 0 U0\ngroup_release 0\nfree_domain U0\nbind 0",
    "device_claim 0 A\ndevice_claim 1 A\ndevice_release 0\ndevice_release 1",
    "device_claim 0 A\nattach_handle 0 U0\nreplace_handle 0 U1\ndetach_handle 0\ndevice_release 0",
    "device_claim 0 A\nattach_handle 0 U0 null-handle\nreplace_handle 0 U1\ndetach_handle 0",
    "device_claim 0 A\nattach_pasid 0 U0 pasid=1\ndetach_pasid 0 pasid=1\ndevice_release 0",
    "add_device 0\nadd_device 1\nbind 1\nstore_type \"identity\\n\"\nremove_device 1",
    "add_device 1\nbind 1\ndma_map 1\nremove_device 1\nadd_device 1",
    "group_claim 0 A\nadd_device 1\ngroup_release 0\nbind 1\ndma_map 1",
    "group_claim 0 A\nattach_group 0 U0\nadd_device 1\nremove_device 1\ngroup_release 0",
    "remove_device 0\nremove_device 1\nadd_device 0\nadd_device 1\nbind 0",
    "remove_device 1\nstore_type \"identity\\n\"\nadd_device 1\nstore_type \"DMA\\n\"",
};

std::vector<Program> Sequences(const SuiteOptions& options) {
  std::vector<Program> programs;
  for (std::string_view machine : kMachines) {
    for (std::string_view sequence : kSequences) {
      const std::string text = absl::StrCat("groupfuzz 1\n", std::string(machine), "\nthread 0\n",
                                            std::string(sequence), "\n");
      programs.push_back(ParseText(text, "suite_failures.cc")->program);
    }
  }
  std::copy_if(
      options.programs.begin(), options.programs.end(), std::back_inserter(programs),
      [](const Program& program) { return program.thread_count == 1 && program.faults.size == 0; });
  return programs;
}

class Failures {
 public:
  Failures(SuiteSession& session, uint64_t most) : session_(session), most_(most) {}

  // Returns whether to go on.
  bool Sweep(const Program& program) {
    if (!Run(program)) return false;
    for (int kind = 0; kind < kFaultKinds; ++kind) {
      for (uint8_t count : {uint8_t{1}, kEveryOccurrence}) {
        if (!SweepKind(program, static_cast<FaultKind>(kind), count)) return false;
      }
    }
    return true;
  }

 private:
  // Until there are not so many of its kind.
  bool SweepKind(Program program, FaultKind kind, uint8_t count) {
    program.faults.size = 1;
    Fault& fault = program.faults.faults[0];
    const int16_t error = FaultErrnos(kind).front().value;
    fault = {.kind = kind, .first = 1, .count = count, .error = error};
    for (; fault.first < kEveryOccurrence; ++fault.first) {
      if (!Run(program)) return false;
      if (!Fired()) return true;
    }
    return true;
  }

  bool Run(const Program& program) {
    if (session_.report().cases >= most_ || session_.Stops()) return false;
    return !session_.Run(program).has_value();
  }

  bool Fired() const {
    const std::vector<Event>& events = session_.runner().trace().events;
    const bool fired = std::any_of(events.begin(), events.end(), [](const Event& event) {
      return event.kind == EventKind::kFault;
    });
    session_.report().reached["a failure happened"] += static_cast<uint64_t>(fired);
    return fired;
  }

  SuiteSession& session_;
  const uint64_t most_;
};

}  // namespace

SuiteReport CheckFailures(const Design& design, const SuiteOptions& options) {
  SuiteSession session("failures", design, options, kPrograms);
  const SuiteSize size = SizeOf(options, kPrograms, /*max_size=*/0);
  session.report().seed = size.seed;
  Failures failures(session, size.cases);
  for (const Program& sequence : Sequences(options)) {
    if (!failures.Sweep(sequence)) break;
  }
  return session.Finish(absl::StrCat(session.report().cases, " programs"));
}

}  // namespace groupfuzz
