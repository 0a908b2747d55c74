// ParseText(): one function for each kind of line, over the tokens of text_cursor.h.
//
// Every Parse function returns false once an error is recorded.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/program/program_words.h"
#include "harness/program/text_annotations.h"
#include "harness/program/text_codec.h"
#include "harness/program/text_cursor.h"

namespace groupfuzz {
namespace {

constexpr int64_t kMaxOccurrence = 255;
constexpr int64_t kMaxPadding = 65535;
constexpr int64_t kMaxSeed = 0xffffffff;

// "0", "1", ... with a prefix.
Words Numbered(const std::string& prefix, int count) {
  Words words;
  for (int i = 0; i < count; ++i) words.push_back(absl::StrCat(prefix, i));
  return words;
}

Words Letters(int count) {
  Words words;
  for (int i = 0; i < count; ++i) words.push_back(std::string(1, static_cast<char>('A' + i)));
  return words;
}

Words OpNames() {
  Words words;
  for (int i = 0; i < kOpKinds; ++i) words.push_back(TraitsOf(static_cast<OpKind>(i)).name);
  return words;
}

Words FaultNames() {
  Words words;
  for (int i = 0; i < kFaultKinds; ++i) words.push_back(FaultName(static_cast<FaultKind>(i)));
  return words;
}

class Parser {
 public:
  Parser(std::string_view text, std::string_view file) : cursor_(text, file) {}

  absl::StatusOr<TextProgram> Parse();

 private:
  struct LineKind {
    const char* word;
    bool (Parser::*parse)();
  };
  static const std::array<LineKind, 9> kLineKinds;
  enum class Title { kExpected, kReading, kEnded };

  bool ParseHeader();
  bool ParseLine();
  bool ParseDefault();
  bool ParseDriver();
  bool ParseDevice();
  bool ParseThread();
  bool ParseOp(OpKind kind);
  bool ParseOpArguments(Op* op);
  bool ParseOpOptions(Op* op);
  bool ParseFault();
  bool AddFault(const Fault& fault);
  bool ParseSchedule();
  bool ParseTail(Schedule* schedule);
  template <bool (*parse)(Cursor&, TextProgram*)>
  bool ParseAnnotation() {
    return parse(cursor_, &result_);
  }
  void TakeTitle();
  // A line about the machine.
  bool BeforeThreads();
  // A line that a program has at most once. *first_line: where it was, 0 before it.
  bool Once(int* first_line);
  // Fails at the next token when `count` things are there already.
  bool Room(size_t count, int limit, const char* things);

  Cursor cursor_;
  TextProgram result_;
  Title title_ = Title::kExpected;
  int devices_ = 0;
  int threads_ = 0;
  bool in_thread_ = false;  // op lines belong to the last thread
  int default_line_ = 0;
  int driver_line_ = 0;
  int schedule_line_ = 0;
  std::array<int, kMaxFaults> fault_lines_{};
};

const std::array<Parser::LineKind, 9> Parser::kLineKinds = {{
    {"default", &Parser::ParseDefault},
    {"driver", &Parser::ParseDriver},
    {"device", &Parser::ParseDevice},
    {"thread", &Parser::ParseThread},
    {"fault", &Parser::ParseFault},
    {"schedule", &Parser::ParseSchedule},
    {"expect", &Parser::ParseAnnotation<ParseExpect>},
    {"defect", &Parser::ParseAnnotation<ParseDefect>},
    {"never", &Parser::ParseAnnotation<ParseNever>},
}};

bool Parser::Once(int* first_line) {
  if (*first_line != 0) {
    return cursor_.FailExpected(absl::StrCat("one such line; the first is line ", *first_line));
  }
  *first_line = cursor_.line().number;
  return true;
}

bool Parser::BeforeThreads() {
  return threads_ == 0 || cursor_.FailExpected("the machine before the first thread");
}

bool Parser::Room(size_t count, int limit, const char* things) {
  if (count < static_cast<size_t>(limit)) return true;
  return cursor_.FailExpected(absl::StrCat("at most ", limit, " ", things));
}

bool Parser::ParseHeader() {
  size_t index;
  return cursor_.TakeWord("the first line of a program", {"groupfuzz"}, &index) &&
         cursor_.TakeWord("the version", {absl::StrCat(kTextVersion)}, &index) && cursor_.TakeEnd();
}

bool Parser::ParseLine() {
  const Token& token = *cursor_.Peek();
  const Words ops = OpNames();
  Words lines;
  AppendWords(kLineKinds, &lines);
  const auto line = std::find(lines.begin(), lines.end(), token.text);
  const auto op = std::find(ops.begin(), ops.end(), token.text);
  if (token.quoted || (line == lines.end() && op == ops.end())) {
    Words both = lines;
    both.insert(both.end(), ops.begin(), ops.end());
    return cursor_.FailExpectedOne(absl::StrCat("a line: ", absl::StrJoin(lines, ", "),
                                                "; or an op: ", absl::StrJoin(ops, ", ")),
                                   both);
  }
  if (op != ops.end()) return ParseOp(static_cast<OpKind>(op - ops.begin()));
  in_thread_ = false;
  return (this->*kLineKinds[static_cast<size_t>(line - lines.begin())].parse)();
}

bool Parser::ParseDefault() {
  if (!BeforeThreads() || !Once(&default_line_)) return false;
  cursor_.Skip();
  DomainType& type = result_.program.configuration.default_type;
  return cursor_.TakeEnum("a default type", kDefaultTypes, &type) && cursor_.TakeEnd();
}

bool Parser::ParseDriver() {
  if (!BeforeThreads() || !Once(&driver_line_)) return false;
  cursor_.Skip();
  DriverConfig& driver = result_.program.configuration.driver;
  Words options = {"identity=", "blocked="};
  AppendWords(kDriverFlags, &options);
  std::vector<bool> taken;
  do {
    size_t index;
    if (!cursor_.TakeOption(options, &taken, &index)) return false;
    const bool good = options[index] == "identity="
                          ? cursor_.TakeEnum("a support", kIdentitySupports, &driver.identity)
                      : options[index] == "blocked="
                          ? cursor_.TakeEnum("a support", kBlockedSupports, &driver.blocked)
                          : true;
    if (!good) return false;
    if (index >= 2) kDriverFlags[index - 2].Set(&driver, true);
  } while (cursor_.Peek() != nullptr);
  if (driver.forces_identity && driver.identity != Support::kStatic) {
    return cursor_.FailExpected("'identity=static' with 'forces-identity'");
  }
  return true;
}

bool Parser::ParseDevice() {
  if (!BeforeThreads() || !Room(devices_, kMaxDevices, "devices")) return false;
  cursor_.Skip();
  size_t index;
  if (!cursor_.TakeWord("the next device", {absl::StrCat(devices_)}, &index)) return false;
  DeviceConfig& device = result_.program.configuration.devices[devices_++];
  result_.program.configuration.device_count = static_cast<uint8_t>(devices_);
  Words options = {"prefers="};
  AppendWords(kDeviceFlags, &options);
  std::vector<bool> taken;
  while (cursor_.Peek() != nullptr) {
    if (!cursor_.TakeOption(options, &taken, &index)) return false;
    if (index != 0) {
      kDeviceFlags[index - 1].Set(&device, true);
    } else if (!cursor_.TakeEnum("a preference", kPreferences, &device.preference)) {
      return false;
    }
  }
  return true;
}

bool Parser::ParseThread() {
  if (schedule_line_ != 0) return cursor_.FailExpected("threads before the schedule");
  if (!Room(threads_, kMaxThreads, "threads")) return false;
  cursor_.Skip();
  size_t index;
  if (!cursor_.TakeWord("the next thread", {absl::StrCat(threads_)}, &index)) return false;
  ++threads_;
  in_thread_ = true;
  return cursor_.TakeEnd();
}

bool Parser::ParseOp(OpKind kind) {
  if (!in_thread_) return cursor_.FailExpected("a 'thread' line before an op");
  std::vector<Op>& ops = result_.program.threads[threads_ - 1];
  if (!Room(ops.size(), kMaxOps, "ops a thread")) return false;
  cursor_.Skip();
  Op op;
  op.kind = kind;
  if (!ParseOpArguments(&op) || !ParseOpOptions(&op)) return false;
  ops.push_back(op);
  return true;
}

bool Parser::ParseOpArguments(Op* op) {
  const OpTraits& traits = TraitsOf(op->kind);
  const struct {
    bool used;
    const char* what;
    Words words;
    uint8_t Op::* field;
  } arguments[] = {
      {traits.device, "a device", Numbered("", std::max(devices_, 1)), &Op::device},
      {traits.cookie, "a cookie", Letters(kCookies), &Op::cookie},
      {traits.domain, "a user domain", Numbered("U", kUserDomains), &Op::domain},
  };
  for (const auto& argument : arguments) {
    size_t index;
    if (!argument.used) continue;
    if (!cursor_.TakeWord(argument.what, argument.words, &index)) return false;
    op->*argument.field = static_cast<uint8_t>(index);
  }
  std::string text;
  if (!traits.text) return true;
  if (!cursor_.TakeQuoted(kMaxTextBytes, &text)) return false;
  op->text.size = static_cast<uint8_t>(text.size());
  std::copy(text.begin(), text.end(), op->text.bytes.begin());
  return true;
}

bool Parser::ParseOpOptions(Op* op) {
  const OpTraits& traits = TraitsOf(op->kind);
  Words options;
  if (traits.pasid) options.push_back("pasid=");
  if (traits.flag != nullptr) options.emplace_back(traits.flag);
  if (traits.text) options.insert(options.end(), {"padding=", "caps="});
  if (options.empty()) return cursor_.TakeEnd();
  std::vector<bool> taken;
  // A PASID has no default.
  while (cursor_.Peek() != nullptr || (traits.pasid && taken.empty())) {
    size_t index;
    int64_t number;
    if (!cursor_.TakeOption(options, &taken, &index)) return false;
    const std::string& option = options[index];
    if (option == "pasid=") {
      if (!cursor_.TakeNumber("a PASID", 1, kMaxPasids, &number)) return false;
      op->pasid = static_cast<uint8_t>(number);
    } else if (option == "padding=") {
      if (!cursor_.TakeNumber("a number of NUL bytes", 1, kMaxPadding, &number)) return false;
      op->text.padding = static_cast<uint16_t>(number);
    } else if (option == "caps=") {
      if (!cursor_.TakeEnum("capabilities", kCapabilities, &op->capabilities)) return false;
    } else {
      op->flag = true;
    }
  }
  return true;
}

bool Parser::ParseFault() {
  if (!Room(result_.program.faults.size, kMaxFaults, "faults")) return false;
  cursor_.Skip();
  Fault fault;
  size_t index;
  int64_t first;
  if (!cursor_.TakeWord("a fault", FaultNames(), &index)) return false;
  fault.kind = static_cast<FaultKind>(index);
  if (!cursor_.TakeNumber("an occurrence", 1, kMaxOccurrence, &first)) return false;
  fault.first = static_cast<uint8_t>(first);
  if (!cursor_.TakeRepeat(&fault.count)) return false;
  const std::span<const ErrnoName> errnos = FaultErrnos(fault.kind);
  Words names;
  for (const ErrnoName& error : errnos) names.push_back(error.name);
  if (!cursor_.TakeWord("an errno", names, &index) || !cursor_.TakeEnd()) return false;
  fault.error = errnos[index].value;
  return AddFault(fault);
}

bool Parser::AddFault(const Fault& fault) {
  FaultPlan& plan = result_.program.faults;
  for (int i = 0; i < plan.size; ++i) {
    if (!FaultsOverlap(plan.faults[i], fault)) continue;
    cursor_.Rewind();
    return cursor_.FailExpected(
        absl::StrCat("occurrences that line ", fault_lines_[i], " does not already make fail"));
  }
  fault_lines_[plan.size] = cursor_.line().number;
  plan.faults[plan.size++] = fault;
  return true;
}

bool Parser::ParseSchedule() {
  if (!Once(&schedule_line_)) return false;
  if (threads_ < 2) return cursor_.FailExpected("at least two threads before a schedule");
  cursor_.Skip();
  Schedule& schedule = result_.program.schedule;
  Words words = Numbered("", threads_);
  words.push_back("then");
  do {
    size_t index;
    const bool tail = cursor_.Peek() != nullptr && cursor_.Peek()->text == words.back();
    if (!tail && !Room(schedule.choices.size(), kMaxChoices, "choices")) return false;
    if (!cursor_.TakeWord("a choice", words, &index)) return false;
    if (tail) return ParseTail(&schedule);
    schedule.choices.push_back(static_cast<uint8_t>(index));
  } while (cursor_.Peek() != nullptr);
  return true;
}

bool Parser::ParseTail(Schedule* schedule) {
  size_t index;
  if (!cursor_.TakeWord("a tail", {"continue", "random"}, &index)) return false;
  if (index == 0) return cursor_.TakeEnd();
  int64_t seed;
  if (!cursor_.TakeNumber("a seed", 0, kMaxSeed, &seed)) return false;
  schedule->tail = Tail::kRandom;
  schedule->seed = static_cast<uint32_t>(seed);
  return cursor_.TakeEnd();
}

// The title is the first block of comment lines, before the header or directly after it.
void Parser::TakeTitle() {
  const bool comment = cursor_.line().tokens.empty() && cursor_.line().comment.has_value();
  if (title_ == Title::kReading && comment) {
    absl::StrAppend(&result_.title, "\n", *cursor_.line().comment);
  } else if (title_ == Title::kReading) {
    title_ = Title::kEnded;
  } else if (title_ == Title::kExpected && comment) {
    result_.title = *cursor_.line().comment;
    title_ = Title::kReading;
  }
}

absl::StatusOr<TextProgram> Parser::Parse() {
  bool header = false;
  while (cursor_.NextLine()) {
    TakeTitle();
    if (cursor_.Peek() == nullptr) continue;
    if (!(header ? ParseLine() : ParseHeader())) break;
    if (header) title_ = Title::kEnded;
    header = true;
  }
  if (threads_ == 0) {
    const char* missing = header ? "'thread 0'" : "'groupfuzz 1'";
    cursor_.Fail(absl::StrCat("found the end of the file, expected ", missing));
  }
  if (!cursor_.status().ok()) return cursor_.status();
  result_.program.thread_count = static_cast<uint8_t>(threads_);
  Normalize(&result_.program);
  return std::move(result_);
}

}  // namespace

absl::StatusOr<TextProgram> ParseText(std::string_view text, std::string_view file_name) {
  return Parser(text, file_name).Parse();
}

}  // namespace groupfuzz
