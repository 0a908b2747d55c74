// The comparison of designs as a page: the table, each id of which leads to its counterexample, the
// sentence of each id, and the counterexamples as on the page of an execution, made small and
// folded away.
//
// Guarantees: equal comparisons give equal bytes; nothing is needed but the page itself.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_COMPARE_COMPARE_PAGE_H_
#define GROUPFUZZ_HARNESS_COMPARE_COMPARE_PAGE_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/compare/compare.h"
#include "harness/compare/showcase.h"
#include "harness/program/program.h"
#include "harness/report/html_page.h"
#include "target/designs/design.h"

namespace groupfuzz {

// What a page says of a design's program beside its execution.
using SubjectOf = std::function<PageSubject(const Design& design, const std::string& source)>;

// The execution of `program`, which opens when `anchor` is gone to or its line is clicked on.
std::string FoldedExecution(const Design& design, const Program& program, PageSubject subject,
                            const std::string& anchor);

// The sentence and the source of each of `ids`, each at the anchor "rule-ID".
std::string RulesList(const std::vector<std::string_view>& ids);

// `examples` are what was made small; an id that none of its design's shows leads nowhere.
std::string ComparePage(const std::vector<DesignComparison>& rows, size_t corpus_size,
                        const std::vector<Showcase>& examples, const SubjectOf& subject_of);

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_COMPARE_COMPARE_PAGE_H_
