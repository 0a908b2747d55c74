// The type attribute as user space sees it: behaviour 7.
#include "target/designs/port.h"

#include <string>
#include <string_view>

#include "target/kernel/errno.h"
#include "target/kernel/text.h"
#include "target/testing/rows.h"

namespace groupfuzz::port_test {
namespace {

using namespace std::string_view_literals;

// What a row's name can show of the bytes.
std::string Spelled(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    if (c == '\n') {
      text += "<nl>";
    } else if (c == '\0') {
      text += "<nul>";
    } else if (c == ' ') {
      text += "<blank>";
    } else {
      text += c == '-' ? std::string("<dash>") : std::string(1, c);
    }
  }
  return text.empty() ? "<nothing>" : text;
}

// A write of `bytes` to a group on `from`, after which the attribute reads as `type`.
Row Matches(std::string_view bytes, DomainType from, std::string_view type) {
  const std::string before = DomainTypeName(from);
  return {"7 from " + before + " write \"" + Spelled(bytes) + "\"",
          Devices(1).Default(from),
          {},
          All({Store(bytes), Shows(type)}),
          {On(kAllDesigns, 0)}};
}

std::vector<Row> MatchRows() {
  const DomainType identity = DomainType::kIdentity;
  return {
      Matches("DMA", identity, "DMA"),
      Matches("DMA\n", identity, "DMA"),
      Matches("DMA\0"sv, identity, "DMA"),
      Matches("DMA\n\0junk"sv, identity, "DMA"),
      Matches("DMA\0junk"sv, identity, "DMA"),
      Matches("DMA-FQ", identity, "DMA-FQ"),
      Matches("DMA-FQ\n", identity, "DMA-FQ"),
      Matches("identity", DomainType::kDma, "identity"),
      Matches("identity\n", DomainType::kDma, "identity"),
      Matches("auto", identity, "identity"),
      Matches("auto\n\0auto"sv, DomainType::kDmaFq, "DMA-FQ"),
  };
}

std::vector<Row> MismatchRows() {
  std::vector<Row> rows;
  const std::string_view texts[] = {
      "DMA\n\n",  " DMA",    "DMA ",      "dma",       "DMA-",    "\n",     "\0"sv,
      "DMAx",     "DMA\nx",  "DM",        "-FQ",       "DMA-FQx", "DMA-fq", "DMA_FQ",
      "Identity", "identit", "identity ", "AUTO",      "aut",     "autos",  "blocked",
      "unknown",  "0",       "\n\0DMA"sv, "unmanaged", "\0DMA"sv};
  for (const std::string_view text : texts) {
    rows.push_back({"7 mismatch \"" + Spelled(text) + "\"",
                    Devices(1),
                    {},
                    Store(text),
                    {On(kAllDesigns, -EINVAL).Untouched()}});
  }
  return rows;
}

std::vector<Row> SizeRows() {
  constexpr int kMore = 2 * kernel::kPageSize;
  constexpr int kFill = kernel::kPageSize - 8;  // after "identity"
  return {
      {"7 zero bytes: store is not called",
       Devices(1),
       {},
       Store("", Capabilities::kNone),
       {On(kAllDesigns, 0).Untouched().Trace("")}},
      {"7 a page",
       Devices(1),
       {},
       All({StorePadded("identity", kFill), Shows("identity")}),
       {On(kAllDesigns, 0)}},
      {"7 a page and a byte",
       Devices(1),
       {},
       All({StorePadded("identity", kFill + 1), Shows("identity")}),
       {On(kAllDesigns, 0)}},
      {"7 two pages",
       Devices(1),
       {},
       All({StorePadded("identity\n", kMore), Shows("identity")}),
       {On(kAllDesigns, 0)}},
      {"7 two pages of something else",
       Devices(1),
       {},
       StorePadded("identity!", kMore),
       {On(kAllDesigns, -EINVAL).Untouched()}},
  };
}

Step Retype(DomainType type) {
  return Inside({"retype dd", [type](Machine& machine) -> int64_t {
                   machine.core().group()->PinnedDefaultDomain().Follow()->type = type;
                   return 0;
                 }});
}

std::vector<Row> ShowRows() {
  const auto shows = [](const std::string& name, const Devices& machine, std::vector<Step> setup,
                        std::string_view text) -> Row {
    return {"7 show_type: " + name,
            machine,
            std::move(setup),
            Shows(text),
            {On(kAllDesigns, 0).Untouched().Trace("lock(group) unlock(group)")}};
  };
  return {
      shows("DMA", Devices(1), {}, "DMA"),
      shows("DMA_FQ", Devices(1).Default(DomainType::kDmaFq), {}, "DMA-FQ"),
      shows("IDENTITY", Devices(1).Default(DomainType::kIdentity), {}, "identity"),
      shows("BLOCKED", Devices(1), {Retype(DomainType::kBlocked)}, "blocked"),
      shows("UNMANAGED", Devices(1), {Retype(DomainType::kUnmanaged)}, "unmanaged"),
      shows("dd NULL", Devices(1), {LoseDomains()}, "unknown"),
      shows("another type", Devices(1), {Retype(static_cast<DomainType>(0x20))}, "unknown"),
      shows("dd, not cur", Devices(1), {GroupClaim(kA)}, "DMA"),
      shows("edited in place", Devices(1), {Bind(0), Store("DMA-FQ")}, "DMA-FQ"),
  };
}

class TypeAttribute : public RowTest {};
TEST_P(TypeAttribute, Holds) { Check(); }
INSTANTIATE_TEST_SUITE_P(Match, TypeAttribute, testing::ValuesIn(CasesOf(MatchRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Mismatch, TypeAttribute, testing::ValuesIn(CasesOf(MismatchRows())),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(Size, TypeAttribute, testing::ValuesIn(CasesOf(SizeRows())), CaseName);
INSTANTIATE_TEST_SUITE_P(Show, TypeAttribute, testing::ValuesIn(CasesOf(ShowRows())), CaseName);

int64_t Write(Machine& machine, std::string_view text, int padding) {
  WriteBuffer buffer;
  buffer.size = static_cast<uint8_t>(text.size());
  buffer.padding = static_cast<uint16_t>(padding);
  std::copy(text.begin(), text.end(), buffer.bytes.begin());
  return machine.api().Perform({.function = Function::kStoreType, .text = &buffer});
}

class WholeCall : public testing::TestWithParam<const Design*> {};

bool IsKernfs(const Event& event, EventKind kind) {
  return event.kind == kind && event.value == static_cast<uint8_t>(kernel::LockClass::kKernfs);
}

// Section 2: a kernfs active reference is held for the whole call.
TEST_P(WholeCall, HoldsTheActiveReference) {
  Machine machine(*GetParam(), Devices(1));
  machine.StartTrace();
  Write(machine, "identity", 0);
  const std::vector<Event> events = machine.recent();
  ASSERT_GE(events.size(), 2u);
  EXPECT_TRUE(IsKernfs(events.front(), EventKind::kLock));
  EXPECT_TRUE(IsKernfs(events.back(), EventKind::kUnlock));
}

// ... so the removal of the last device waits for the writer, which ends in peace.
TEST_P(WholeCall, OutlivesTheLastDevice) {
  Machine machine(*GetParam(), Devices(1));
  const Step removal =
      Meanwhile(BeforeLock(kernel::LockClass::kGroup, 1), Release(0), kNeverReturned);
  ASSERT_EQ(RunStep(machine, removal), 0);
  const int64_t result = RunStep(machine, Store("identity"));
  EXPECT_TRUE(result == -EINVAL || result == -EPERM) << ResultText(result);
  EXPECT_EQ(machine.runtime().problem(), SerialRuntime::Problem::kNone);
  EXPECT_TRUE(machine.complaints().empty());
}

// Section 7: more than a page is a short write; success returns the count as store was given it.
TEST_P(WholeCall, ReturnsTheCount) {
  Machine machine(*GetParam(), Devices(1));
  const auto count = [&](std::string_view text, int padding) {
    return Write(machine, text, padding);
  };
  EXPECT_EQ(count("DMA\n", 0), 4);
  EXPECT_EQ(count("DMA\0junk"sv, 0), 8);
  EXPECT_EQ(count("DMA", kernel::kPageSize - 3), kernel::kPageSize);
  EXPECT_EQ(count("DMA", kernel::kPageSize), kernel::kPageSize);
  EXPECT_EQ(count("", 0), 0);
  char out[kShowTypeBytes];
  EXPECT_EQ(machine.api().Perform({.function = Function::kShowType, .shown = out}), 4);
}

INSTANTIATE_TEST_SUITE_P(Every, WholeCall, testing::ValuesIn(EveryDesign()), DesignName);

}  // namespace
}  // namespace groupfuzz::port_test
