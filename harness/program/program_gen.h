// RapidCheck generators of programs, for property tests.
//
// What they give is normalized. Shrinking drops threads, ops, faults and choices and moves values
// towards their defaults. A failing program is shown in its text form.
//
//   RC_GTEST_PROP(Suite, Name, (const Program& program)) { ... }
//
// Thread-safety: as RapidCheck.
#ifndef GROUPFUZZ_HARNESS_PROGRAM_PROGRAM_GEN_H_
#define GROUPFUZZ_HARNESS_PROGRAM_PROGRAM_GEN_H_

#include <rapidcheck.h>

#include <algorithm>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include "harness/program/byte_codec.h"
#include "harness/program/program.h"
#include "harness/program/program_words.h"
#include "harness/program/text_codec.h"

namespace groupfuzz {

// Found by RapidCheck when it reports a counterexample.
inline void showValue(const Program& program, std::ostream& os) {
  os << "\n" << FormatText(program);
}

namespace gen {

// low..low+count-1
inline rc::Gen<uint8_t> Small(int low, int count) {
  return rc::gen::map(rc::gen::inRange<int>(low, low + count),
                      [](int value) { return static_cast<uint8_t>(value); });
}

template <typename Enum>
rc::Gen<Enum> EnumBelow(int count) {
  return rc::gen::map(Small(0, count), [](uint8_t value) { return static_cast<Enum>(value); });
}

inline rc::Gen<WriteBuffer> Text() {
  const std::span<const WriteBuffer> common = CommonTexts();
  const auto spelled_out = rc::gen::map(
      rc::gen::pair(rc::gen::arbitrary<std::string>(), rc::gen::arbitrary<uint16_t>()),
      [](const std::pair<std::string, uint16_t>& value) {
        WriteBuffer text;
        text.size = static_cast<uint8_t>(std::min<size_t>(value.first.size(), kMaxTextBytes));
        std::copy_n(value.first.begin(), text.size, text.bytes.begin());
        text.padding = value.second;
        return text;
      });
  return rc::gen::weightedOneOf<WriteBuffer>(
      {{3, rc::gen::elementOf(std::vector<WriteBuffer>(common.begin(), common.end()))},
       {1, spelled_out}});
}

inline rc::Gen<Op> AnyOp() {
  return rc::gen::build<Op>(
      rc::gen::set(&Op::kind, EnumBelow<OpKind>(kOpKinds)),
      rc::gen::set(&Op::device, Small(0, kMaxDevices)),
      rc::gen::set(&Op::cookie, Small(0, kCookies)),
      rc::gen::set(&Op::domain, Small(0, kUserDomains)),
      rc::gen::set(&Op::pasid, Small(1, kMaxPasids)), rc::gen::set(&Op::flag),
      rc::gen::set(&Op::capabilities, EnumBelow<Capabilities>(kCapabilities.size())),
      rc::gen::set(&Op::text, Text()));
}

inline rc::Gen<DeviceConfig> AnyDevice() {
  return rc::gen::build<DeviceConfig>(
      rc::gen::set(&DeviceConfig::present),
      rc::gen::set(&DeviceConfig::preference, EnumBelow<Preference>(kPreferences.size())),
      rc::gen::set(&DeviceConfig::untrusted), rc::gen::set(&DeviceConfig::direct),
      rc::gen::set(&DeviceConfig::deferred), rc::gen::set(&DeviceConfig::managed),
      rc::gen::set(&DeviceConfig::pasids), rc::gen::set(&DeviceConfig::no_deferred_flush));
}

inline rc::Gen<DriverConfig> AnyDriver() {
  return rc::gen::build<DriverConfig>(
      rc::gen::set(&DriverConfig::identity, EnumBelow<Support>(kIdentitySupports.size())),
      rc::gen::set(&DriverConfig::blocked, EnumBelow<Support>(kBlockedSupports.size())),
      rc::gen::set(&DriverConfig::forces_identity), rc::gen::set(&DriverConfig::finalize_attaches),
      rc::gen::set(&DriverConfig::maps_only_attached),
      rc::gen::set(&DriverConfig::failed_attach_detaches));
}

inline rc::Gen<Configuration> AnyConfiguration() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::resize(4, rc::gen::container<std::vector<DeviceConfig>>(AnyDevice())),
                     AnyDriver(), Small(0, static_cast<int>(kDefaultTypes.size()))),
      [](const std::tuple<std::vector<DeviceConfig>, DriverConfig, uint8_t>& value) {
        const auto& [devices, driver, type] = value;
        Configuration configuration;
        const size_t count = std::clamp<size_t>(devices.size(), 1, kMaxDevices);
        configuration.device_count = static_cast<uint8_t>(count);
        std::copy_n(devices.begin(), std::min(devices.size(), count),
                    configuration.devices.begin());
        configuration.driver = driver;
        configuration.default_type = kDefaultTypes[type].value;
        return configuration;
      });
}

inline rc::Gen<Fault> AnyFault() {
  return rc::gen::map(
      rc::gen::tuple(EnumBelow<FaultKind>(kFaultKinds), rc::gen::arbitrary<uint8_t>(),
                     rc::gen::arbitrary<uint8_t>(), rc::gen::arbitrary<uint8_t>()),
      [](const std::tuple<FaultKind, uint8_t, uint8_t, uint8_t>& value) {
        const auto& [kind, first, count, error] = value;
        const std::span<const ErrnoName> errnos = FaultErrnos(kind);
        return Fault{kind, first, count, errnos[error % errnos.size()].value};
      });
}

inline rc::Gen<FaultPlan> AnyFaults() {
  return rc::gen::map(
      rc::gen::container<std::vector<Fault>>(AnyFault()), [](const std::vector<Fault>& faults) {
        FaultPlan plan;
        plan.size = static_cast<uint8_t>(std::min<size_t>(faults.size(), kMaxFaults));
        std::copy_n(faults.begin(), plan.size, plan.faults.begin());
        return plan;
      });
}

inline rc::Gen<Schedule> AnySchedule() {
  return rc::gen::build<Schedule>(
      rc::gen::set(&Schedule::choices,
                   rc::gen::container<std::vector<uint8_t>>(Small(0, kMaxThreads))),
      rc::gen::set(&Schedule::tail, EnumBelow<Tail>(2)), rc::gen::set(&Schedule::seed));
}

// Programs of at most `max_threads` threads of at most `max_ops` ops.
inline rc::Gen<Program> AnyProgram(int max_threads = kMaxThreads, int max_ops = kMaxOps) {
  return rc::gen::map(
      rc::gen::tuple(AnyConfiguration(),
                     rc::gen::container<std::vector<std::vector<Op>>>(
                         rc::gen::container<std::vector<Op>>(AnyOp())),
                     AnyFaults(), AnySchedule()),
      [=](const std::tuple<Configuration, std::vector<std::vector<Op>>, FaultPlan, Schedule>&
              value) {
        const auto& [configuration, threads, faults, schedule] = value;
        Program program;
        program.configuration = configuration;
        const size_t count = std::clamp<size_t>(threads.size(), 1, max_threads);
        program.thread_count = static_cast<uint8_t>(count);
        for (size_t t = 0; t < std::min(threads.size(), count); ++t) {
          const std::vector<Op>& ops = threads[t];
          program.threads[t].assign(ops.begin(),
                                    ops.begin() + std::min<ptrdiff_t>(std::ssize(ops), max_ops));
        }
        program.faults = faults;
        program.schedule = schedule;
        Normalize(&program);
        return program;
      });
}

}  // namespace gen
}  // namespace groupfuzz

template <>
struct rc::Arbitrary<groupfuzz::Program> {
  static rc::Gen<groupfuzz::Program> arbitrary() { return groupfuzz::gen::AnyProgram(); }
};

#endif  // GROUPFUZZ_HARNESS_PROGRAM_PROGRAM_GEN_H_
