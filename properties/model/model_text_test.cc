// The text interface of the type attribute in the model: behaviour 7.
#include <cerrno>
#include <string>
#include <tuple>
#include <vector>

#include "gtest/gtest.h"
#include "properties/model/model.h"
#include "properties/model/model_testing.h"

namespace groupfuzz {
namespace {

using testing::After;
using testing::Claim;
using testing::kAllDesigns;
using testing::Machines;
using testing::NameOf;
using testing::Remove;
using testing::Show;
using testing::Store;
using testing::WithDefault;

struct TextCase {
  std::string bytes;
  bool matches;
};

const std::vector<TextCase>& TextCases() {
  using std::string_literals::operator""s;
  static const auto* const cases = new std::vector<TextCase>{
      {"DMA"s, true},       {"DMA\n"s, true},    {"DMA\0"s, true},      {"DMA\n\0junk"s, true},
      {"DMA\0junk"s, true}, {"DMA\n\n"s, false}, {" DMA"s, false},      {"DMA "s, false},
      {"dma"s, false},      {"DMA-"s, false},    {"\n"s, false},        {"\0"s, false},
      {"DMAx"s, false},     {"DMA-F"s, false},   {"identity\n"s, true}, {"identit"s, false},
      {"DMA-FQ\n"s, true},  {"auto"s, true},     {"auto\n\0"s, true},   {"AUTO"s, false},
  };
  return *cases;
}

TEST(TextTest, WordsMatchAsSysfsStreqSays) {
  for (DesignId design : kAllDesigns) {
    for (const TextCase& test : TextCases()) {
      const int64_t want = test.matches ? static_cast<int64_t>(test.bytes.size()) : -EINVAL;
      EXPECT_EQ(Model(Machines(1), design).Apply(Store(test.bytes)).result, want)
          << NameOf(design) << ": " << ::testing::PrintToString(test.bytes);
    }
  }
}

TEST(TextTest, WritesAreClippedToAPage) {
  constexpr size_t kPage = 4096;
  for (size_t size : {kPage - 1, kPage, kPage + 1, 3 * kPage}) {
    std::string bytes = "DMA";
    bytes.resize(size);
    const auto want = static_cast<int64_t>(std::min(size, kPage));
    EXPECT_EQ(Model(Machines(1), DesignId::kOwnerCheck).Apply(Store(bytes)).result, want);
  }
}

TEST(TextTest, WriteOfNothing) {
  for (DesignId design : kAllDesigns) {
    Model model(Machines(1), design);
    EXPECT_EQ(model.Apply(Store("", Capabilities::kNone)).result, 0) << NameOf(design);
    EXPECT_EQ(After(Machines(1), design, {Remove(0)}).Apply(Store("")).result, -ENODEV);
  }
}

TEST(TextTest, ShowGivesTheLengthOfTheWord) {
  const std::tuple<DomainType, int> rows[] = {
      {DomainType::kDma, 4}, {DomainType::kDmaFq, 7}, {DomainType::kIdentity, 9}};
  for (DesignId design : kAllDesigns) {
    for (const auto& [type, bytes] : rows) {
      EXPECT_EQ(Model(WithDefault(type), design).Apply(Show()).result, bytes) << NameOf(design);
    }
    // Not what is attached now.
    EXPECT_EQ(After(Machines(1), design, {Claim(0)}).Apply(Show()).result, 4) << NameOf(design);
    EXPECT_EQ(After(Machines(1), design, {Remove(0)}).Apply(Show()).result, -ENODEV);
  }
}

}  // namespace
}  // namespace groupfuzz
