#include "harness/program/text_codec.h"

#include <array>
#include <cctype>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "harness/program/program_words.h"
#include "harness/program/text_annotations.h"

namespace groupfuzz {
namespace {

// A text as a C string literal that the parser reads back.
std::string Quote(std::string_view text) {
  std::string quoted = "\"";
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool digit_follows =
        i + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[i + 1]));
    if (byte == '\n') {
      quoted += "\\n";
    } else if (byte == '\r') {
      quoted += "\\r";
    } else if (byte == '\t') {
      quoted += "\\t";
    } else if (byte == '\0' && !digit_follows) {
      quoted += "\\0";
    } else if (byte == '"' || byte == '\\') {
      absl::StrAppend(&quoted, "\\", std::string(1, text[i]));
    } else if (byte < ' ' || byte > '~') {
      absl::StrAppendFormat(&quoted, "\\x%02x", byte);
    } else {
      quoted += text[i];
    }
  }
  return quoted + "\"";
}

template <typename Struct, size_t kSize>
void AppendFlags(const std::array<Flag<Struct>, kSize>& flags, const Struct& value,
                 std::string* out) {
  for (const Flag<Struct>& flag : flags) {
    if (flag.In(value)) absl::StrAppend(out, " ", flag.word);
  }
}

// " key=word" unless `value` is the default.
template <typename Enum, size_t kSize>
void AppendOption(const char* key, const std::array<Word<Enum>, kSize>& words, Enum value,
                  std::string* out) {
  const uint8_t index = IndexOf(words, value);
  if (index != 0) absl::StrAppend(out, " ", key, "=", words[index].word);
}

void AppendConfiguration(const Configuration& configuration, std::string* out) {
  if (configuration.default_type != DomainType::kDma) {
    absl::StrAppend(out, "default ", DomainTypeName(configuration.default_type), "\n");
  }
  if (!(configuration.driver == DriverConfig{})) {
    absl::StrAppend(out, "driver");
    AppendOption("identity", kIdentitySupports, configuration.driver.identity, out);
    AppendOption("blocked", kBlockedSupports, configuration.driver.blocked, out);
    AppendFlags(kDriverFlags, configuration.driver, out);
    absl::StrAppend(out, "\n");
  }
  if (configuration.device_count == 1 && configuration.devices[0] == DeviceConfig{}) return;
  for (int i = 0; i < configuration.device_count; ++i) {
    absl::StrAppend(out, "device ", i);
    AppendOption("prefers", kPreferences, configuration.devices[i].preference, out);
    AppendFlags(kDeviceFlags, configuration.devices[i], out);
    absl::StrAppend(out, "\n");
  }
}

void AppendFault(const Fault& fault, std::string* out) {
  absl::StrAppend(out, "fault ", FaultName(fault.kind), " ", static_cast<int>(fault.first));
  if (fault.count == kEveryOccurrence) {
    absl::StrAppend(out, " x*");
  } else if (fault.count != 1) {
    absl::StrAppend(out, " x", static_cast<int>(fault.count));
  }
  for (const ErrnoName& error : FaultErrnos(fault.kind)) {
    if (error.value == fault.error) absl::StrAppend(out, " ", error.name, "\n");
  }
}

void AppendSchedule(const Schedule& schedule, std::string* out) {
  if (schedule == Schedule{}) return;
  absl::StrAppend(out, "schedule");
  for (const uint8_t choice : schedule.choices) absl::StrAppend(out, " ", static_cast<int>(choice));
  if (schedule.tail == Tail::kRandom) absl::StrAppend(out, " then random ", schedule.seed);
  absl::StrAppend(out, "\n");
}

void AppendProgram(const Program& program, std::string* out) {
  absl::StrAppend(out, "groupfuzz ", kTextVersion, "\n");
  AppendConfiguration(program.configuration, out);
  for (int t = 0; t < program.thread_count; ++t) {
    absl::StrAppend(out, "thread ", t, "\n");
    for (const Op& op : program.threads[t]) absl::StrAppend(out, "  ", FormatOp(op), "\n");
  }
  for (int i = 0; i < program.faults.size; ++i) AppendFault(program.faults.faults[i], out);
  AppendSchedule(program.schedule, out);
}

}  // namespace

std::string FormatOp(const Op& op) {
  const OpTraits& traits = TraitsOf(op.kind);
  std::string out = traits.name;
  if (traits.device) absl::StrAppend(&out, " ", static_cast<int>(op.device));
  if (traits.cookie) absl::StrAppend(&out, " ", std::string(1, static_cast<char>('A' + op.cookie)));
  if (traits.domain) absl::StrAppend(&out, " U", static_cast<int>(op.domain));
  if (traits.pasid) absl::StrAppend(&out, " pasid=", static_cast<int>(op.pasid));
  if (op.flag) absl::StrAppend(&out, " ", traits.flag);
  if (!traits.text) return out;
  absl::StrAppend(&out, " ", Quote(op.text.literal()));
  if (op.text.padding != 0) absl::StrAppend(&out, " padding=", static_cast<int>(op.text.padding));
  AppendOption("caps", kCapabilities, op.capabilities, &out);
  return out;
}

std::string FormatText(const Program& program) {
  std::string out;
  AppendProgram(program, &out);
  return out;
}

std::string FormatText(const TextProgram& text) {
  std::string out;
  if (!text.title.empty()) {
    for (absl::string_view line : absl::StrSplit(text.title, '\n')) {
      absl::StrAppend(&out, line.empty() ? "#" : "# ", line, "\n");
    }
  }
  AppendProgram(text.program, &out);
  AppendAnnotations(text, &out);
  return out;
}

}  // namespace groupfuzz
