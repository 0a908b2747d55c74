// What booted kernels were observed to do (target/testing/observed), as rows: 2,868 observations of
// Linux 6.1 and 6.12, which are 1,451 different ones. The port, the model and the kernels' own
// iommu.c are held to them like to any other row.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "target/kernel/errno.h"
#include "target/kernel/text.h"
#include "target/system/names.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

// --- what the groups of those machines are here ---

struct State {
  std::string_view name;
  Devices machine;
  std::vector<Step> steps;
  Capabilities capabilities = Capabilities::kBoth;
};

const std::vector<State>& States() {
  const Devices one(1);
  const Devices two(2);
  const Devices three(3);
  // The drivers of VFIO, pci-stub and pcieport manage DMA themselves; an owner claims the group
  // through a device.
  const auto managed = [](const Devices& machine) { return machine.Managed(0); };
  const std::vector<Step> bound = {Bind(0)};
  const std::vector<Step> claimed = {Vfio(0, kA)};
  const std::vector<Step> attached = {Vfio(0, kA), Act(OpKind::kAttachGroup, 0)};
  const std::vector<Step> released = {Vfio(0, kA), Act(OpKind::kGroupRelease, 0)};
  const std::vector<Step> given_back = {Vfio(0, kA), Act(OpKind::kAttachGroup, 0),
                                        Act(OpKind::kGroupRelease, 0), Bind(0)};
  constexpr auto kNone = Capabilities::kNone;
  static const auto* const states = new std::vector<State>{
      {"unbound", one, {}},
      {"bound:virtio-pci", one, bound},
      {"bound:nvme", one, bound},
      {"bound:e1000e", one, bound},
      {"bound:pci-stub", managed(one), bound},
      {"bound:pcieport", managed(one), bound},
      {"vfio-pci bound, group never opened", managed(one), bound},
      {"vfio group fd open, no container", managed(one), bound},
      {"vfio group in container, no SET_IOMMU", one, claimed},
      {"vfio container type1 set", one, attached},
      {"vfio device fd open", one, attached},
      {"vfio device fd open + DMA mapped", one, attached},
      {"vfio claimed then all fds closed (vfio-pci still bound)", managed(one), given_back},
      {"vfio container claimed, then UNSET_CONTAINER", managed(one), given_back},
      {"vfio container claimed, then device unbound from vfio-pci", one, released},
      {"2-function group: none bound", two, {}},
      {"2-function group: one bound virtio-pci", two, bound},
      {"2-function group: one bound vfio-pci, not opened", managed(two), bound},
      {"2-function group: one vfio claimed, other unbound", two, claimed},
      {"bridge group (pcie-pci-bridge + 2): none bound", three, {}},
      {"bridge group (pcie-pci-bridge + 2): one bound virtio-pci", three, bound},
      {"bridge group (pcie-pci-bridge + 2): one bound vfio-pci, not opened", managed(three), bound},
      {"bridge group (pcie-pci-bridge + 2): one vfio claimed, other unbound", three, claimed},
      {"ICH9 group (3 functions), none bound", three, {}},
      {"priv noadmin", one, {}, Capabilities::kNoSysAdmin},
      {"priv norawio", one, {}, Capabilities::kNoSysRawio},
      {"priv neither", one, {}, kNone},
      {"priv nocaps", one, {}, kNone},
      {"priv userns", one, {}, kNone},
      {"priv uid, file chmod 0666", one, {}, kNone},
      {"priv noadmin + bound virtio-pci", one, bound, Capabilities::kNoSysAdmin},
      {"priv noadmin + 2-function group", two, {}, Capabilities::kNoSysAdmin},
      {"fd opened by root, written by noadmin", one, {}, Capabilities::kNoSysAdmin},
      {"fd opened by root, written by uid", one, {}, kNone},
      {"fd opened by root, written by nocaps", one, {}, kNone},
      {"fd opened by root, written by userns", one, {}, kNone},
  };
  return *states;
}

// --- the files ---

[[noreturn]] void Unreadable(const std::string& file, int line, std::string_view what) {
  std::fprintf(stderr, "%s:%d: %.*s\n", file.c_str(), line, static_cast<int>(what.size()),
               what.data());
  std::exit(2);
}

const State* FindState(std::string_view name) {
  for (const State& state : States()) {
    if (state.name == name) return &state;
  }
  return nullptr;
}

std::optional<DomainType> TypeOf(std::string_view word) {
  for (const DomainType type : {DomainType::kIdentity, DomainType::kDma, DomainType::kDmaFq}) {
    if (word == DomainTypeName(type)) return type;
  }
  return std::nullopt;
}

// 0 for "ok", -EPERM for "EPERM"; positive where there is no such error.
int ResultOf(const std::string& word) {
  if (word == "ok") return 0;
  for (int error = 1; error < 128; ++error) {
    if (ResultName(-error) == "-" + word) return -error;
  }
  return 1;
}

// What is written.
struct Text {
  std::string word;   // as it stands in the file
  std::string bytes;  // what that stands for,
  int padding = 0;    // and how many NULs follow
};

// Nothing for an escape that there is not, and for what a WriteBuffer cannot hold.
std::optional<Text> TextOf(const std::string& word) {
  const std::vector<std::string> parts = absl::StrSplit(word, "+NUL*");
  Text text{.word = word, .bytes = parts[0] == "\"\"" ? "" : parts[0]};
  const std::string nul(1, '\0');
  absl::StrReplaceAll({{"\\n", "\n"}, {"\\r", "\r"}, {"\\0", nul}, {"\\x20", " "}}, &text.bytes);
  if (absl::StrContains(text.bytes, "\\") || text.bytes.size() > kMaxTextBytes) return std::nullopt;
  if (parts.size() == 1) return text;
  const bool counted = parts.size() == 2 && absl::SimpleAtoi(parts[1], &text.padding);
  if (!counted || text.padding < 1 || text.padding > UINT16_MAX) return std::nullopt;
  return text;
}

// One write: a result of a line, and one of its texts.
struct Cell {
  const State* state;
  std::string boot;
  std::string start;
  std::string result;
  Text text;
};

// What the attribute shows after `cell`.
std::string ShownAfter(const Cell& cell) {
  const std::string& bytes = cell.text.bytes;
  if (cell.result != "ok" || bytes.empty()) return cell.start;
  const std::string word = bytes.substr(0, bytes.find_first_of(std::string_view("\n\0", 2)));
  return word == "auto" ? cell.boot : word;
}

// `text` with what the name of a test cannot show.
std::string Spelled(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\\n", "<nl>"},
                                    {"\\r", "<cr>"},
                                    {"\\0", "<nul>"},
                                    {"\\x20", "<blank>"},
                                    {"-", "<dash>"},
                                    {"_", "<line>"},
                                    {"\"\"", "<nothing>"}});
}

Row RowOf(const Cell& cell, DesignSet designs, const std::string& kernel) {
  const State& state = *cell.state;
  Row row = {
      .name = absl::StrCat("7 observed on ", kernel, ": ", std::string(state.name), ", boot ",
                           cell.boot, ", from ", cell.start, " write ", Spelled(cell.text.word)),
      .machine = state.machine.Default(*TypeOf(cell.boot)),
      .setup = {},
      .call =
          StoreThenShows(cell.text.bytes, cell.text.padding, state.capabilities, ShownAfter(cell)),
      .expectations = {On(designs, ResultOf(cell.result))}};
  if (cell.start != cell.boot) row.setup.push_back(Store(cell.start));
  row.setup.insert(row.setup.end(), state.steps.begin(), state.steps.end());
  return row;
}

class Reader {
 public:
  Reader(std::string kernel, DesignSet designs) : kernel_(std::move(kernel)), designs_(designs) {}

  void Read() {
    std::ifstream in(file_);
    for (std::string line; std::getline(in, line);) {
      ++line_;
      if (!line.empty() && line[0] != '#') ReadLine(line);
    }
    if (rows_.empty()) Unreadable(file_, line_, "no observations");
  }

  const std::vector<Row>& rows() const { return rows_; }
  int observations() const { return observations_; }

 private:
  void ReadLine(const std::string& line) {
    if (absl::StartsWith(line, "state ")) return ReadState(line.substr(6));
    if (absl::StartsWith(line, "boot ")) return ReadColumns(line.substr(5));
    const std::vector<std::string> halves = absl::StrSplit(line, absl::MaxSplits('|', 1));
    const std::vector<std::string> results = absl::StrSplit(halves[0], ' ', absl::SkipEmpty());
    if (halves.size() != 2 || results.size() != starts_.size() || state_ == nullptr) {
      Unreadable(file_, line_, "results, one a column, and texts expected");
    }
    for (const std::string& result : results) {
      if (ResultOf(result) > 0) Unreadable(file_, line_, "no such result: " + result);
    }
    const std::vector<std::string> words = absl::StrSplit(halves[1], ' ', absl::SkipEmpty());
    for (const std::string& word : words) {
      const std::optional<Text> text = TextOf(word);
      if (!text) Unreadable(file_, line_, absl::StrCat("no text that can be written: ", word));
      AddRows(results, *text);
    }
  }

  // One for each type at boot, and each column.
  void AddRows(const std::vector<std::string>& results, const Text& text) {
    for (const std::string& boot : boots_) {
      for (size_t column = 0; column < starts_.size(); ++column) {
        rows_.push_back(
            RowOf({state_, boot, starts_[column], results[column], text}, designs_, kernel_));
      }
    }
  }

  void ReadState(const std::string& text) {
    const size_t colon = text.rfind(": ");
    int seen = 0;
    if (colon == std::string::npos || !absl::SimpleAtoi(text.substr(colon + 2), &seen)) {
      Unreadable(file_, line_, "'state NAME: N' expected");
    }
    observations_ += seen;
    state_ = FindState(std::string_view(text).substr(0, colon));
    if (state_ == nullptr) Unreadable(file_, line_, "a state that States() does not name");
  }

  void ReadColumns(const std::string& text) {
    const std::vector<std::string> lists = absl::StrSplit(text, " from ");
    if (lists.size() != 2) Unreadable(file_, line_, "'boot TYPE... from TYPE...' expected");
    boots_ = Types(lists[0]);
    starts_ = Types(lists[1]);
  }

  std::vector<std::string> Types(const std::string& text) const {
    const std::vector<std::string> types = absl::StrSplit(text, ' ');
    for (const std::string& type : types) {
      if (!TypeOf(type)) Unreadable(file_, line_, "no default type: " + type);
    }
    return types;
  }

  std::string kernel_;
  DesignSet designs_;
  std::string file_ =
      absl::StrCat(GROUPFUZZ_SOURCE_DIR "/target/testing/observed/linux-", kernel_, ".cells");
  int line_ = 0;
  int observations_ = 0;
  const State* state_ = nullptr;
  std::vector<std::string> boots_;
  std::vector<std::string> starts_;
  std::vector<Row> rows_;
};

const std::vector<Reader>& Observed() {
  static const auto* const observed = [] {
    auto* const readers = new std::vector<Reader>{{"6.1", kDeviceLock}, {"6.12", kV612}};
    for (Reader& reader : *readers) reader.Read();
    return readers;
  }();
  return *observed;
}

std::vector<Row> ObservedRows() {
  std::vector<Row> rows;
  for (const Reader& reader : Observed()) {
    rows.insert(rows.end(), reader.rows().begin(), reader.rows().end());
  }
  return rows;
}

class BootedKernel : public RowTest {};
TEST_P(BootedKernel, DidThat) { Check(); }
INSTANTIATE_TEST_SUITE_P(Observed, BootedKernel, ::testing::ValuesIn(CasesOf(ObservedRows())),
                         CaseName);

TEST(BootedKernels, AllThatCanBeSaidHereIsSaid) {
  size_t rows = 0;
  int observations = 0;
  for (const Reader& reader : Observed()) {
    rows += reader.rows().size();
    observations += reader.observations();
  }
  EXPECT_EQ(rows, 1451u);
  EXPECT_EQ(observations, 2868);
}

}  // namespace
}  // namespace groupfuzz::port_test
