// Every property on the design of my_design.cc; with arguments, the groupfuzz command that knows
// it: `my_design_test explain --design my-design findings/...txt`.
#include <gtest/gtest.h>

#include <string>

#include "harness/cli/main.h"
#include "properties/suites/suite.h"

namespace {

std::string called;

TEST(MyDesign, HoldsEveryProperty) {
  for (const groupfuzz::Suite& suite : groupfuzz::Suites()) {
    const groupfuzz::SuiteReport report =
        suite.check(*groupfuzz::FindDesign("my-design"), {.command = called});
    EXPECT_TRUE(report) << report.text;
  }
}

}  // namespace

int main(int argc, char** argv) {
  called = argv[0];
  if (argc > 1 && argv[1][0] != '-') return groupfuzz::cli::Main(argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
