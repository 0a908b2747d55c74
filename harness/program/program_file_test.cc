// Files of programs, files of results, and words of a shell.
#include "harness/program/program_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "harness/program/output.h"
#include "harness/program/strings.h"

namespace groupfuzz {
namespace {

namespace fs = std::filesystem;

class ProgramFileTest : public ::testing::Test {
 protected:
  ProgramFileTest() {
    std::string name = (fs::temp_directory_path() / "groupfuzz.").string() + std::string(6, 'X');
    folder_ = mkdtemp(name.data());
  }
  ~ProgramFileTest() override { fs::remove_all(folder_); }

  std::string At(const std::string& name) const { return folder_ + "/" + name; }
  static std::string ContentsOf(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  size_t Files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), {}));
  }

  std::string folder_;
};

TEST_F(ProgramFileTest, WhatIsWrittenIsThere) {
  EXPECT_TRUE(WriteOutput(At("new"), "one").ok());
  EXPECT_EQ(ContentsOf(At("new")), "one");
  EXPECT_TRUE(WriteOutput(At("new"), "two").ok());
  EXPECT_EQ(ContentsOf(At("new")), "two");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(ProgramFileTest, ReplacesWhatALinkNamesAndKeepsItsMode) {
  EXPECT_TRUE(WriteOutput(At("file"), "old").ok());
  chmod(At("file").c_str(), 0640);
  fs::create_symlink("file", At("link"));
  EXPECT_TRUE(WriteOutput(At("link"), "new").ok());
  EXPECT_TRUE(fs::is_symlink(At("link")));
  EXPECT_EQ(ContentsOf(At("file")), "new");
  EXPECT_EQ(fs::status(At("file")).permissions(), static_cast<fs::perms>(0640));
}

TEST_F(ProgramFileTest, AFailedWriteKeepsTheOldContents) {
  EXPECT_TRUE(WriteOutput(At("kept"), "the only copy").ok());
  // No file may grow beyond 4 bytes.
  rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 4;
  setrlimit(RLIMIT_FSIZE, &small);
  const absl::Status status = WriteOutput(At("kept"), "more than fits");
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(status.message(), At("kept") + ": File too large");
  EXPECT_EQ(ContentsOf(At("kept")), "the only copy");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(ProgramFileTest, SaysWhyItCannotBeWritten) {
  EXPECT_EQ(WriteOutput(folder_, "").message(), folder_ + ": Is a directory");
  EXPECT_EQ(WriteOutput(At("no/file"), "").message(),
            At("no/file") + ": No such file or directory");
  EXPECT_EQ(WriteOutput("/dev/full", "x").message(), "/dev/full: No space left on device");
  EXPECT_TRUE(WriteOutput("/dev/null", "x").ok());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(ProgramFileTest, WhatIsNoRegularFileIsRefused) {
  ASSERT_EQ(mkfifo(At("pipe.txt").c_str(), 0600), 0);
  const std::string refused = ": is no regular file; - reads standard input";
  EXPECT_EQ(LoadProgram(At("pipe.txt")).status().message(), At("pipe.txt") + refused);
  EXPECT_EQ(LoadCorpus(folder_).status().message(), At("pipe.txt") + refused);
  EXPECT_EQ(LoadProgram("/dev/zero").status().message(), "/dev/zero" + refused);
}

TEST(ShellWordTest, IsTakenForThePath) {
  EXPECT_EQ(ShellWord("findings/a-I2.txt"), "findings/a-I2.txt");
  EXPECT_EQ(ShellWord("my race.txt"), "'my race.txt'");
  EXPECT_EQ(ShellWord("it's"), "'it'\\''s'");
  EXPECT_EQ(ShellWord("-x.txt"), "./-x.txt");
  EXPECT_EQ(ShellWord("-"), "-");
  EXPECT_EQ(ShellWord("$(reboot)"), "'$(reboot)'");
}

TEST(DidYouMeanTest, NamesTheNearest) {
  const std::string words[] = {"explore", "explain", "run"};
  EXPECT_EQ(DidYouMean("expolre", words), "; did you mean explore?");
  EXPECT_EQ(DidYouMean("explai", words), "; did you mean explain?");
  EXPECT_EQ(DidYouMean("rum", words), "; did you mean run?");
  EXPECT_EQ(DidYouMean("frobnicate", words), "");
  EXPECT_EQ(DidYouMean("xyz", words), "");
}

}  // namespace
}  // namespace groupfuzz
