// States of different subjects compare by the places of their domains.
#include "target/testing/subjects.h"

#include "gtest/gtest.h"

namespace groupfuzz::port_test {
namespace {

TEST(Placed, CallsDomainsByTheirPlace) {
  EXPECT_EQ(Placed("cnt=0 owner=- dd=DMA#2(DMA-FQ) cur=DMA#2(DMA-FQ) bd=- hw=DMA#2(DMA-FQ),-"),
            "cnt=0 owner=- dd=DMA-FQ cur=dd bd=- hw=dd,-");
  EXPECT_EQ(Placed("cnt=1 owner=A dd=DMA cur=blocked bd=blocked pasids=1 hw=blocked,U0"),
            "cnt=1 owner=A dd=DMA cur=bd bd=blocked pasids=1 hw=bd,U0");
}

// A domain of the same type that is another object is no default domain.
TEST(Placed, TellsObjectsOfOneTypeApart) {
  EXPECT_NE(Placed("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=- hw=DMA"),
            Placed("cnt=0 owner=- dd=DMA#2 cur=DMA#2 bd=- hw=DMA#2"));
}

TEST(Placed, SaysThatNothingIsThere) { EXPECT_EQ(Placed("gone"), "gone"); }

}  // namespace
}  // namespace groupfuzz::port_test
