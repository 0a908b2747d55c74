#include "harness/compare/showcase.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "harness/program/minimizer.h"
#include "harness/program/text_codec.h"
#include "harness/verdict/counterexample.h"
#include "harness/verdict/known.h"
#include "target/kernel/unsupported.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

// Executions a candidate of the minimizer: all that there are of most, and seen in 0.1 s.
constexpr uint64_t kShowcaseSearch = 3'000;
constexpr std::array<std::string_view, 3> kCentralRace = {"I2", "I1", "I8"};
// Of a look at one program.
constexpr uint64_t kLookExecutions = 100;
constexpr int kLookPreemptions = 1;

// How much there is to read: failures, threads, ops.
std::tuple<int, int, int> SizeOf(const Program& program) {
  return {program.faults.size, program.thread_count, OpCount(program)};
}

// The smallest of `programs`; the first one of these.
size_t Smallest(const std::vector<size_t>& programs, const std::vector<ProgramFile>& corpus) {
  return *std::min_element(programs.begin(), programs.end(), [&](size_t a, size_t b) {
    return SizeOf(corpus[a].contents.program) < SizeOf(corpus[b].contents.program);
  });
}

std::vector<size_t> EasiestFirst(const std::vector<ProgramFile>& corpus) {
  std::vector<size_t> order(corpus.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::tuple(SizeOf(corpus[a].contents.program), a) <
           std::tuple(SizeOf(corpus[b].contents.program), b);
  });
  return order;
}

struct Shown {
  const Property* property = nullptr;
  size_t program = 0;
};

// Of a design without a baseline, the central race; else what the smallest program shows.
// REQUIRES: `row` has findings.
Shown WhatToShow(const DesignComparison& row, const std::vector<ProgramFile>& corpus) {
  const auto& findings = row.findings();
  for (std::string_view id : kCentralRace) {
    if (StepsOver(*row.design) || !findings.contains(id)) continue;
    return {FindProperty(id), Smallest(findings.at(id), corpus)};
  }
  const auto size_of = [&](size_t program) { return SizeOf(corpus[program].contents.program); };
  Shown shown;
  for (const Property& property : Properties()) {
    if (!findings.contains(property.id)) continue;
    const size_t program = Smallest(findings.at(property.id), corpus);
    const bool smaller = shown.property == nullptr || size_of(program) < size_of(shown.program);
    if (smaller) shown = {&property, program};
  }
  return shown;
}

// What comes first in an execution is the cause, or nearest to it; `otherwise` where there is none.
const Property* FirstNews(Runner& runner, Known& known, const Program& program,
                          const Property* otherwise) {
  const RunOutcome outcome = runner.Run(program);
  const Known::Answer answer = known.Split(program, outcome);
  return answer.news.empty() ? otherwise : answer.news.front()->property;
}

const DesignComparison* RowToShow(const std::vector<DesignComparison>& rows,
                                  std::string_view preferred) {
  const DesignComparison* first = nullptr;
  for (const DesignComparison& row : rows) {
    if (!row.news.empty()) return &row;
    if (row.findings().empty()) continue;
    if (first == nullptr || row.design->name == preferred) first = &row;
  }
  return first;
}

// Makes programs smaller that show something of one design: news, where that has a baseline.
class Shrinker {
 public:
  explicit Shrinker(const Design& design) : design_(design), runner_(design), known_(design) {}

  // The smallest program that shows what that of `source` shows: `property`; as news, or at all.
  Showcase Of(const Property* property, const ProgramFile& source, bool news) {
    Showcase showcase{.design = &design_,
                      .property = property,
                      .source = source.path,
                      .program = Small(property, source.contents.program, news)};
    showcase.preemptions = runner_.Run(showcase.program).trace.preemptions;
    return showcase;
  }

  // The same of what comes before it: the cause, or nearest to it.
  Showcase OfCause(const Property* property, const ProgramFile& source) {
    Showcase showcase = Of(property, source, StepsOver(design_));
    if (!StepsOver(design_)) return showcase;
    const Property* first = FirstNews(runner_, known_, showcase.program, property);
    if (first == property) return showcase;
    showcase.property = first;
    showcase.program = Small(first, showcase.program, /*news=*/true);
    showcase.preemptions = runner_.Run(showcase.program).trace.preemptions;
    return showcase;
  }

 private:
  Program Small(const Property* kept, const Program& program, bool news) {
    PropertyReproducer::Condition keeps;
    if (news) keeps = known_.Keeps(std::string(kept->id));
    PropertyReproducer reproducer(runner_, FindingKey(kept->id),
                                  {.max_executions = kShowcaseSearch}, std::move(keeps));
    return Minimize(program, reproducer);
  }

  const Design& design_;
  Runner runner_;
  Known known_;
};

// Looks at programs for what is worth showing: news, or the first property of the central race.
class Look {
 public:
  explicit Look(const Design& design) : runner_(design), known_(design) {}

  // What a few executions of `program` show; nullptr: nothing that is.
  const Property* At(const Program& program) {
    const auto wanted = [&](const RunOutcome& outcome) {
      return Shown(program, outcome) != nullptr;
    };
    std::optional<Counterexample> found;
    kernel::Follows([&] {
      found = FindFirst(runner_, program, wanted, kLookPreemptions,
                        {.max_executions = kLookExecutions});
    });
    if (!found) return nullptr;
    Program scheduled = program;
    scheduled.schedule = found->schedule;
    Normalize(&scheduled);
    return Shown(scheduled, runner_.Run(scheduled));
  }

 private:
  const Property* Shown(const Program& program, const RunOutcome& outcome) {
    if (outcome.findings.empty()) return nullptr;
    if (!StepsOver(runner_.design())) {
      const bool race = Violates(outcome.findings, kCentralRace.front());
      return race ? FindProperty(kCentralRace.front()) : nullptr;
    }
    const Known::Answer answer = known_.Split(program, outcome);
    return answer.news.empty() ? nullptr : answer.news.front()->property;
  }

  Runner runner_;
  Known known_;
};

// Of each property of `found` that no execution of `shown` violates on that design.
std::vector<Showcase> Others(const DesignComparison& row,
                             const std::map<std::string_view, std::vector<size_t>>& found,
                             const std::vector<ProgramFile>& corpus,
                             const std::vector<Showcase>& shown,
                             const std::function<bool()>& keep_going) {
  std::vector<Showcase> others;
  Shrinker shrinker(*row.design);
  std::set<std::string_view> seen;
  const auto add_to_seen = [&](const Showcase& showcase) {
    Runner runner(*row.design);
    for (const Finding& finding : runner.Run(showcase.program).findings) {
      seen.insert(finding.property->id);
    }
  };
  for (const Showcase& showcase : shown) {
    if (showcase.design == row.design) add_to_seen(showcase);
  }
  for (const Property& property : Properties()) {
    const auto violating = found.find(property.id);
    if (violating == found.end() || seen.contains(property.id)) continue;
    if (!keep_going()) break;
    // What the baseline shows, too, need not be new of what is left.
    const auto news = row.news.find(property.id);
    const bool is_news = StepsOver(*row.design) && news != row.news.end();
    const std::vector<size_t>& programs = is_news ? news->second : violating->second;
    others.push_back(shrinker.Of(&property, corpus[Smallest(programs, corpus)], is_news));
    add_to_seen(others.back());
  }
  return others;
}

std::string WithoutSteps(const Showcase& showcase, const RunOutcome& outcome,
                         const ReportOptions& options) {
  const Program& program = showcase.program;
  return absl::StrCat(
      showcase.design->name, " violates ", std::string(showcase.property->id), ": ",
      Counted(OpCount(program), "op"), ", ", Counted(program.thread_count, "thread"), ", ",
      Counted(showcase.preemptions, "preemption"), "\nminimized from ", showcase.source, "\n\n",
      DescribeFindings(program, outcome.trace, outcome.findings, options), "\n",
      FormatText(program));
}

}  // namespace

std::optional<Showcase> FirstShowcase(const std::vector<const Design*>& designs,
                                      const std::vector<ProgramFile>& corpus,
                                      std::string_view preferred,
                                      const std::function<bool()>& keep_going) {
  const std::vector<size_t> order = EasiestFirst(corpus);
  for (const bool news : {true, false}) {
    for (const Design* design : designs) {
      if (StepsOver(*design) != news || (!news && design->name != preferred)) continue;
      Look look(*design);
      for (size_t program : order) {
        if (!keep_going()) return std::nullopt;
        const Property* property = look.At(corpus[program].contents.program);
        if (property == nullptr) continue;
        return Shrinker(*design).OfCause(property, corpus[program]);
      }
    }
  }
  return std::nullopt;
}

std::optional<Showcase> ChooseShowcase(const std::vector<DesignComparison>& rows,
                                       const std::vector<ProgramFile>& corpus,
                                       std::string_view preferred) {
  const DesignComparison* row = RowToShow(rows, preferred);
  if (row == nullptr) return std::nullopt;
  const Shown shown = WhatToShow(*row, corpus);
  return Shrinker(*row->design).OfCause(shown.property, corpus[shown.program]);
}

std::vector<Showcase> OtherNews(const DesignComparison& row, const std::vector<ProgramFile>& corpus,
                                const std::vector<Showcase>& shown,
                                const std::function<bool()>& keep_going) {
  if (!StepsOver(*row.design)) return {};
  return Others(row, row.news, corpus, shown, keep_going);
}

std::vector<Showcase> OneOfEach(const DesignComparison& row, const std::vector<ProgramFile>& corpus,
                                const std::vector<Showcase>& shown,
                                const std::function<bool()>& keep_going) {
  return Others(row, row.violations, corpus, shown, keep_going);
}

void AddViolation(const Showcase& showcase, const std::vector<ProgramFile>& corpus,
                  DesignComparison* row) {
  const std::string_view id = showcase.property->id;
  const auto source = std::find_if(corpus.begin(), corpus.end(), [&](const ProgramFile& file) {
    return file.path == showcase.source;
  });
  if (source == corpus.end() || row->violations.contains(id)) return;
  const auto index = static_cast<size_t>(source - corpus.begin());
  row->violations[id].push_back(index);
  if (StepsOver(*row->design)) row->news[id].push_back(index);
}

std::string FormatBriefly(const Showcase& showcase) {
  Runner runner(*showcase.design);
  return WithoutSteps(showcase, runner.RunRecorded(showcase.program), {});
}

std::string FormatShowcase(const Showcase& showcase, const ReportOptions& options) {
  Runner runner(*showcase.design);
  const RunOutcome outcome = runner.RunRecorded(showcase.program);
  return absl::StrCat(WithoutSteps(showcase, outcome, options), "\n",
                      Timeline(showcase.program, outcome.trace, outcome.findings, options));
}

}  // namespace groupfuzz
