// The bank's text and the tool that weaves it into sources: what they make, and what they refuse.
#include "target/mutants/weave.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

namespace groupfuzz::mutants {
namespace {

constexpr char kEntry[] =
    "mutant a\nwhat w\nfrom f\non d\nneeds devices 1, ops 2, threads 1, failures 0\n"
    "in x.cc F\n- one;\n+ two;\n";

constexpr char kSource[] = R"(int G();
int F(int n) REQUIRES(a, b) {
  if (n == G()) return 1;  // n == G()
  one;
  return Twice(n,
               n);
}
class C {
  int F() const { return 7; }
};
int G() { return F(1) + F(1); }
)";

BankEntry Replacing(int id, const std::string& function, const std::string& minus,
                    const std::string& plus) {
  BankEntry entry;
  entry.id = id;
  entry.on = "d";
  entry.edits.push_back({"x.cc", function, minus, plus, "bank:1"});
  return entry;
}

std::string Woven(const std::vector<BankEntry>& bank) {
  const auto woven = Weave(kSource, "x.cc", "", bank, "ON(");
  return woven.ok() ? *woven : std::string(woven.status().message());
}

TEST(Bank, AnEntryIsRead) {
  const auto entries = ParseBankFile(kEntry, "b");
  ASSERT_TRUE(entries.ok()) << entries.status();
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ(entries->front().name, "a");
  EXPECT_EQ(entries->front().ops, 2);
  EXPECT_EQ(entries->front().edits.front().function, "F");
  EXPECT_EQ(entries->front().where, "b:1");
}

TEST(Bank, ErrorsNameTheLine) {
  const std::map<std::string, std::string> wrong = {
      {"what w\n", "b:1: expected 'mutant NAME', found 'what'"},
      {"mutant a\nwhatever w\n", "b:2: unknown word 'whatever'"},
      {"mutant a\nwhat w\nfrom f\non d\nneeds ops many\n",
       "b:5: expected 'needs devices N, ops N, threads N, failures N'"},
      {"mutant a\nwhat w\nfrom f\non d\nin x.cc\n", "b:5: expected 'in FILE FUNCTION'"},
      {"mutant a\n- one;\n", "b:2: code comes after 'in FILE FUNCTION'"},
      {"mutant a\nwhat w\nwhat v\n", "b:3: said a second time"},
      {"mutant a\nwhat w\nfrom f\non d\nin x.cc F\n- one;\n",
       "b:7: a has no 'needs' line that asks for anything"},
  };
  for (const auto& [text, error] : wrong) {
    EXPECT_EQ(ParseBankFile(text, "b").status().message(), error) << text;
  }
}

TEST(Weave, AStatementAndAnExpressionAreSwitched) {
  const std::string woven =
      Woven({Replacing(1, "F", "one;", "two;"), Replacing(2, "F", "n == G()", "true")});
  EXPECT_NE(woven.find("{ if (ON(1)) { two; } else { one; } }"), std::string::npos) << woven;
  EXPECT_NE(woven.find("if ((ON(2) ? (true) : (n == G()))) return 1;"), std::string::npos) << woven;
}

TEST(Weave, NoLineMoves) {
  const std::string woven = Woven({Replacing(1, "F", "Twice(n, n)", "Twice(n,\n 2)")});
  EXPECT_NE(woven.find("(ON(1) ? (Twice(n,  2)) : (Twice(n,\n               n)))"),
            std::string::npos)
      << woven;
  EXPECT_EQ(std::count(woven.begin(), woven.end(), '\n'),
            std::count(std::begin(kSource), std::end(kSource), '\n'));
}

TEST(Weave, FragmentsMayBeEqualOrLieWithinEachOther) {
  const std::string woven =
      Woven({Replacing(1, "G", "F(1) + F(1)", "0"), Replacing(2, "G", "F(1) + F(1)", "1"),
             Replacing(3, "G", "return F(1) + F(1);", "return 2;")});
  EXPECT_NE(woven.find("{ if (ON(3)) { return 2; } else { return (ON(1) ? (0) : ON(2) ? (1) : "
                       "(F(1) + F(1))); } }"),
            std::string::npos)
      << woven;
}

TEST(Weave, RefusesWhatDoesNotFit) {
  EXPECT_EQ(Woven({Replacing(1, "H", "one;", "")}), "bank:1: there is no function H");
  EXPECT_EQ(Woven({Replacing(1, "F", "three;", "")}),
            "bank:1: what is replaced stands in F 0 times: three;");
  EXPECT_EQ(Woven({Replacing(1, "G", "F(1)", "0")}),
            "bank:1: what is replaced stands in G 2 times: F(1)");
  EXPECT_EQ(Woven({Replacing(1, "F", "one;", " one ;")}), "bank:1: nothing is changed");
  EXPECT_EQ(Woven({Replacing(1, "F", "n == G()", "")}), "bank:1: an expression needs another one");
  EXPECT_EQ(Woven({Replacing(1, "G", "F(1) + F", "0"), Replacing(2, "G", "+ F(1)", "0")}),
            "bank:1: overlaps bank:1");
}

TEST(Weave, WhatDoesNotFitCanBeLeftOut) {
  std::map<int, std::string> left_out;
  const auto woven =
      Weave(kSource, "x.cc", "",
            {Replacing(1, "F", "three;", ""), Replacing(2, "F", "one;", "two;")}, "ON(", &left_out);
  ASSERT_TRUE(woven.ok());
  EXPECT_EQ(left_out.size(), 1u);
  EXPECT_TRUE(left_out.contains(1));
  EXPECT_NE(woven->find("ON(2)"), std::string::npos);
}

TEST(Weave, ABodyIsThatOfADefinition) {
  EXPECT_EQ(BodiesOf(kSource, "F").size(), 2u);
  EXPECT_EQ(BodiesOf(kSource, "C::F").size(), 1u);
  EXPECT_EQ(BodiesOf(kSource, "G").size(), 1u);
  EXPECT_EQ(BodiesOf(kSource, "Twice").size(), 0u);
}

}  // namespace
}  // namespace groupfuzz::mutants
