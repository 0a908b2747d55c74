// The port is held to the rows of the behaviour tables, under every design.
#include <gtest/gtest.h>

#include "target/testing/rows.h"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const int status = RUN_ALL_TESTS();
  return groupfuzz::port_test::ReportRun(/*added=*/"") ? status : 1;
}
