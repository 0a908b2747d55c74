// Every program in corpus/ and every example of its README.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "harness/program/byte_codec.h"
#include "harness/program/text_codec.h"

namespace groupfuzz {
namespace {

constexpr char kCorpus[] = GROUPFUZZ_SOURCE_DIR "/corpus";
constexpr int kMinSeeds = 45;

std::string Read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream contents;
  contents << file.rdbuf();
  return contents.str();
}

std::vector<std::filesystem::path> Files(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::filesystem::path(kCorpus) / folder)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

TextProgram Parse(const std::string& text, const std::string& name) {
  const absl::StatusOr<TextProgram> result = ParseText(text, name);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : TextProgram{};
}

class CorpusTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(CorpusTest, IsWrittenAsTheCodecWritesIt) {
  const std::string text = Read(GetParam());
  const TextProgram program = Parse(text, GetParam().string());
  EXPECT_EQ(FormatText(program), text);
}

TEST_P(CorpusTest, RoundTripsThroughBytes) {
  const Program program = Parse(Read(GetParam()), GetParam().string()).program;
  EXPECT_EQ(DecodeBytes(EncodeBytes(program)), program);
}

TEST_P(CorpusTest, SaysWhyItExistsAndDoesSomething) {
  const TextProgram text = Parse(Read(GetParam()), GetParam().string());
  EXPECT_FALSE(text.title.empty());
  EXPECT_GT(OpCount(text.program), 0);
}

INSTANTIATE_TEST_SUITE_P(Corpus, CorpusTest, testing::ValuesIn(Files("")), [](const auto& info) {
  std::string name =
      info.param.parent_path().filename().string() + "_" + info.param.stem().string();
  for (char& c : name) c = isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
});

TEST(SeedsTest, ThreadsFitTheFuzzTarget) {
  for (const auto& file : Files("store_type_fuzzer")) {
    EXPECT_EQ(Parse(Read(file), file.string()).program.thread_count, 1) << file;
  }
  for (const auto& file : Files("interleaving_fuzzer")) {
    EXPECT_GT(Parse(Read(file), file.string()).program.thread_count, 1) << file;
  }
}

TEST(SeedsTest, AreDifferentPrograms) {
  std::map<std::vector<uint8_t>, std::filesystem::path> seen;
  for (const auto& file : Files("")) {
    const auto [other, inserted] =
        seen.emplace(EncodeBytes(Parse(Read(file), file.string()).program), file);
    EXPECT_TRUE(inserted) << file << " is the same program as " << other->second;
  }
  EXPECT_GE(seen.size(), kMinSeeds);
}

TEST(SeedsTest, ShowEveryOpFaultAndFlaw) {
  std::set<OpKind> ops;
  std::set<FaultKind> faults;
  std::set<std::string> flaws;
  for (const auto& file : Files("")) {
    const Program program = Parse(Read(file), file.string()).program;
    for (const auto& thread : program.threads) {
      for (const Op& op : thread) ops.insert(op.kind);
    }
    for (int i = 0; i < program.faults.size; ++i) faults.insert(program.faults.faults[i].kind);
    flaws.insert(file.filename().string().substr(0, 4));
  }
  EXPECT_EQ(ops.size(), kOpKinds);
  EXPECT_EQ(faults.size(), kFaultKinds);
  constexpr int kFlaws = 14;
  for (int flaw = 1; flaw <= kFlaws; ++flaw) {
    const std::string prefix = (flaw < 10 ? "s0" : "s") + std::to_string(flaw) + "-";
    EXPECT_TRUE(flaws.contains(prefix)) << prefix;
  }
}

// --- README -----------------------------------------------------------------------------------

struct Example {
  std::string kind;  // the word after ```
  std::string text;
};

std::vector<Example> Examples() {
  std::istringstream readme(Read(std::filesystem::path(kCorpus) / "README.md"));
  std::vector<Example> examples;
  bool inside = false;
  for (std::string line; std::getline(readme, line);) {
    if (line.rfind("```", 0) == 0) {
      inside = !inside;
      if (inside) examples.push_back({line.substr(3), ""});
    } else if (inside) {
      examples.back().text += line + "\n";
    }
  }
  return examples;
}

// What stands around the lines of an example.
std::string Whole(const Example& example) {
  const bool has_thread = example.text.find("thread") != std::string::npos;
  if (example.kind == "program") return example.text;
  if (example.kind == "machine") {
    return "groupfuzz 1\n" + example.text + (has_thread ? "" : "thread 0\n");
  }
  if (example.kind == "ops") return "groupfuzz 1\ndevice 0\ndevice 1\nthread 0\n" + example.text;
  if (example.kind == "rest") return "groupfuzz 1\nthread 0\nthread 1\nthread 2\n" + example.text;
  return "an unknown kind of example: " + example.kind;
}

TEST(ReadmeTest, EveryExampleParses) {
  EXPECT_GE(Examples().size(), 10u);
  for (const Example& example : Examples()) Parse(Whole(example), "README.md example");
}

TEST(ReadmeTest, ExamplesShowEveryOp) {
  std::set<OpKind> shown;
  for (const Example& example : Examples()) {
    const Program program = Parse(Whole(example), "README.md example").program;
    for (const auto& thread : program.threads) {
      for (const Op& op : thread) shown.insert(op.kind);
    }
  }
  EXPECT_EQ(shown.size(), kOpKinds);
}

TEST(ReadmeTest, NamesEveryFaultAndErrno) {
  const std::string readme = Read(std::filesystem::path(kCorpus) / "README.md");
  for (int i = 0; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    EXPECT_NE(readme.find(std::string("`") + FaultName(kind) + "`"), std::string::npos);
    for (const ErrnoName& error : FaultErrnos(kind)) {
      EXPECT_NE(readme.find(std::string("`") + error.name + "`"), std::string::npos) << error.name;
    }
  }
}

}  // namespace
}  // namespace groupfuzz
