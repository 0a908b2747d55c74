// The port is held to the rows of the behaviour tables, under every design.
#include <gtest/gtest.h>

#include "target/testing/rows.h"

namespace {

// A row that says nothing of a design has no case there.
constexpr int kFewest = 410;

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const int status = RUN_ALL_TESTS();
  return groupfuzz::port_test::ReportRun(kFewest) ? status : 1;
}
