// The dictionaries of the fuzz targets: what they must contain follows from the byte codec, and
// each entry means something.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "harness/program/byte_codec.h"
#include "harness/program/program_words.h"
#include "harness/program/text_codec.h"

namespace groupfuzz {
namespace {

struct Entry {
  std::string name;
  std::vector<uint8_t> bytes;
};

// The records that `program` has beyond the header.
std::vector<uint8_t> Records(const Program& program) {
  std::vector<uint8_t> bytes = EncodeBytes(program);
  bytes.erase(bytes.begin(), bytes.begin() + kHeaderBytes);
  return bytes;
}

// The two least members of the group, so that ops can name device 1.
Program TwoDevices(int threads) {
  Program program;
  program.configuration.device_count = 2;
  program.thread_count = static_cast<uint8_t>(threads);
  return program;
}

void AddOps(int threads, std::vector<Entry>* entries) {
  for (int t = 0; t < threads; ++t) {
    for (int i = 0; i < kOpKinds; ++i) {
      Program program = TwoDevices(threads);
      Op op;
      op.kind = static_cast<OpKind>(i);
      const OpTraits& traits = TraitsOf(op.kind);
      const uint8_t last = traits.device ? 1 : 0;
      for (uint8_t device = 0; device <= last; ++device) {
        op.device = device;
        program.threads[t] = {op};
        // The empty write is among the texts.
        if (traits.text) continue;
        entries->push_back(
            {absl::StrCat(traits.name, "_", traits.device ? absl::StrCat(device, "_") : "",
                          "thread", t),
             Records(program)});
      }
    }
  }
}

void AddTexts(int threads, std::vector<Entry>* entries) {
  const std::span<const WriteBuffer> texts = CommonTexts();
  for (int t = 0; t < threads; ++t) {
    for (size_t i = 0; i < texts.size(); ++i) {
      Program program = TwoDevices(threads);
      Op op;
      op.kind = OpKind::kStoreType;
      op.text = texts[i];
      program.threads[t] = {op};
      entries->push_back({absl::StrCat("store_type_text", i, "_thread", t), Records(program)});
    }
  }
}

void AddFaults(std::vector<Entry>* entries) {
  for (int i = 0; i < kFaultKinds; ++i) {
    for (uint8_t first = 1; first <= 2; ++first) {
      Program program;
      const auto kind = static_cast<FaultKind>(i);
      program.faults.size = 1;
      program.faults.faults[0] = {kind, first, 1, FaultErrnos(kind)[0].value};
      entries->push_back({absl::StrCat("fault_", FaultName(kind), "_", first), Records(program)});
    }
  }
}

void AddSchedules(std::vector<Entry>* entries) {
  Program program = TwoDevices(2);
  program.schedule.choices = {0, 1};
  entries->push_back({"schedule_continue", Records(program)});
  program.schedule = {{}, Tail::kRandom, 1};
  entries->push_back({"schedule_random", Records(program)});
}

std::vector<Entry> Expected(int threads) {
  std::vector<Entry> entries;
  AddOps(threads, &entries);
  AddTexts(threads, &entries);
  AddFaults(&entries);
  if (threads > 1) AddSchedules(&entries);
  return entries;
}

std::string Format(const std::string& target, const std::vector<Entry>& entries) {
  std::string out = absl::StrCat("# Records of the byte form (harness/program/byte_codec.h) for ",
                                 target, ".\n# Written by dictionary_test.\n");
  for (const Entry& entry : entries) {
    absl::StrAppend(&out, entry.name, "=\"");
    for (const uint8_t byte : entry.bytes) absl::StrAppendFormat(&out, "\\x%02x", byte);
    absl::StrAppend(&out, "\"\n");
  }
  return out;
}

struct Target {
  const char* name;
  int threads;
};

class DictionaryTest : public testing::TestWithParam<Target> {
 protected:
  std::string path() const {
    return absl::StrCat(GROUPFUZZ_SOURCE_DIR, "/dict/", GetParam().name, ".dict");
  }
};

TEST_P(DictionaryTest, IsWhatTheCodecMakesIt) {
  std::ifstream file(path());
  std::ostringstream contents;
  contents << file.rdbuf();
  const std::string expected = Format(GetParam().name, Expected(GetParam().threads));
  if (contents.str() == expected) return;
  const std::string fresh = absl::StrCat(testing::TempDir(), GetParam().name, ".dict");
  std::ofstream(fresh) << expected;
  FAIL() << "The dictionary is out of date: cp " << fresh << " " << path();
}

// Each entry, behind a header, adds exactly one thing to the program.
TEST_P(DictionaryTest, EveryEntryMeansSomething) {
  const std::vector<uint8_t> header = EncodeBytes(TwoDevices(GetParam().threads));
  for (const Entry& entry : Expected(GetParam().threads)) {
    std::vector<uint8_t> bytes = header;
    bytes.insert(bytes.end(), entry.bytes.begin(), entry.bytes.end());
    const Program program = DecodeBytes(bytes);
    const int things =
        OpCount(program) + program.faults.size + (program.schedule == Schedule{} ? 0 : 1);
    EXPECT_EQ(things, 1) << entry.name << "\n" << FormatText(program);
    EXPECT_EQ(EncodeBytes(program), bytes) << entry.name;
  }
}

TEST_P(DictionaryTest, EveryLineIsInLibFuzzersSyntax) {
  std::ifstream file(path());
  int entries = 0;
  for (std::string line; std::getline(file, line);) {
    if (line[0] == '#') continue;
    ++entries;
    const size_t quote = line.find("=\"");
    ASSERT_NE(quote, std::string::npos) << line;
    EXPECT_EQ(line.back(), '"') << line;
    const std::string value = line.substr(quote + 2, line.size() - quote - 3);
    ASSERT_FALSE(value.empty()) << line;
    ASSERT_EQ(value.size() % 4, 0u) << line;
    for (size_t i = 0; i < value.size(); i += 4) {
      EXPECT_EQ(value.substr(i, 2), "\\x") << line;
      EXPECT_TRUE(isxdigit(value[i + 2]) && isxdigit(value[i + 3])) << line;
    }
  }
  EXPECT_GT(entries, kOpKinds);
}

INSTANTIATE_TEST_SUITE_P(Dict, DictionaryTest,
                         testing::Values(Target{"store_type_fuzzer", 1},
                                         Target{"interleaving_fuzzer", 3}),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace groupfuzz
