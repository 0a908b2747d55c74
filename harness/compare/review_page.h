// The review of a series of patches as a page: of each patch what it brings, what it no longer
// shows, what stays, which of the changed lines did not run, and the counterexamples as on the page
// of an execution, folded away; and what the whole of it does beside an earlier version.
//
// Guarantees: equal reviews give equal bytes; nothing is needed but the page itself.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_COMPARE_REVIEW_PAGE_H_
#define GROUPFUZZ_HARNESS_COMPARE_REVIEW_PAGE_H_

#include <optional>
#include <string>
#include <vector>

#include "harness/compare/compare_page.h"
#include "harness/program/program.h"
#include "properties/invariants/property.h"
#include "target/designs/design.h"

namespace groupfuzz {

struct Brought {
  const Property* property = nullptr;
  std::string gone_with;  // the step with which it goes away again; empty: it stays
};

struct ReviewedExample {
  const Design* design = nullptr;
  const Property* property = nullptr;
  std::string source;
  Program program;
};

struct ReviewedPatch {
  std::string step;  // "patch-2"
  std::string title;
  std::string message_id = {};
  std::string not_judged = {};  // why; of such a patch nothing else is known
  std::string unknown = {};
  std::string changed = {};  // what ran of the changed lines, of the series so far
  std::vector<Brought> brings = {};
  std::vector<const Property*> repairs = {};
  std::vector<const Property*> stays = {};
  std::vector<ReviewedExample> examples = {};
};

struct ReviewedFinding {
  const Property* property = nullptr;
  std::string what;  // "repairs", "keeps", "brings", "unknown"
  std::string unknown_of = {};
  std::string why = {};
  std::optional<ReviewedExample> example = {};
};

// What the whole series does beside another version of it.
struct ReviewedAgainst {
  std::string series;  // name of that one
  std::string with;    // and of this
  std::string unknown = {};
  std::string unknown_with = {};
  std::vector<ReviewedFinding> findings = {};
  std::vector<const Property*> also_repairs = {};
  std::vector<const Property*> no_longer_repairs = {};
};

struct Review {
  std::string tree;
  std::vector<ReviewedPatch> patches;
  std::optional<ReviewedAgainst> against = {};
};

std::string ReviewPage(const Review& review, const SubjectOf& subject_of);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_COMPARE_REVIEW_PAGE_H_
