#include <algorithm>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "harness/cli/command.h"
#include "harness/program/program.h"
#include "harness/verdict/known_programs.h"
#include "properties/invariants/property.h"
#include "target/designs/design.h"

namespace groupfuzz::cli {
namespace {

void ListDesigns() {
  size_t longest = 0;
  for (const Design& design : Designs()) longest = std::max(longest, design.name.size());
  for (const Design& design : Designs()) {
    absl::PrintF("%-*s %-5s %s\n", static_cast<int>(longest), std::string(design.name),
                 std::string(design.rules), std::string(design.summary));
  }
}

void ListProperties() {
  for (const Property& property : Properties()) {
    absl::PrintF("%-5s %-10s %s\n", std::string(property.id),
                 std::string(GroupName(property.group)), std::string(property.statement));
    absl::PrintF("%16s source: %s\n", "", std::string(property.source));
  }
}

void ListOps() {
  for (int kind = 0; kind < kOpKinds; ++kind) {
    const OpTraits& traits = TraitsOf(static_cast<OpKind>(kind));
    const std::pair<bool, const char*> uses[] = {{traits.text, "text, capabilities"},
                                                 {traits.device, "device"},
                                                 {traits.cookie, "cookie"},
                                                 {traits.domain, "domain"},
                                                 {traits.pasid, "pasid"},
                                                 {traits.probe_fails, "probe-fails"},
                                                 {traits.null_handle, "null-handle"}};
    std::string arguments;
    for (const auto& [used, word] : uses) {
      if (used) absl::StrAppend(&arguments, arguments.empty() ? "" : ", ", word);
    }
    absl::PrintF("%-15s %s\n", traits.name, arguments);
  }
}

void ListFaults() {
  for (int i = 0; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    std::string errnos;
    for (const ErrnoName& error : FaultErrnos(kind)) absl::StrAppend(&errnos, " ", error.name);
    absl::PrintF("%-13s%s\n", FaultName(kind), errnos);
  }
}

// As findings are told: the properties, then where that comes from, then the program.
void ListKnownOf(const KnownOfDesign& known) {
  absl::PrintF("%s\n", known.design);
  for (const KnownFinding& finding : known.findings) {
    absl::PrintF("  %-11s %s\n", absl::StrJoin(finding.properties, " "), finding.program->path);
    if (finding.defect == nullptr) continue;
    const Defect& defect = *finding.defect;
    absl::PrintF("%14s%sdefect at %s:%d %s(), repaired by %s\n", "", defect.latent ? "latent " : "",
                 defect.file, defect.line, defect.function, absl::StrJoin(defect.repairs, ", "));
  }
}

void ListKnown() {
  for (const KnownOfDesign& known : KnownByDesign()) ListKnownOf(known);
  absl::PrintF("never, on any design that is faithful to a kernel\n");
  for (const KnownProgram& program : KnownPrograms()) {
    for (const Never& never : program.contents.nevers) {
      const std::string on = never.design.empty() ? "" : " on " + never.design;
      absl::PrintF("  %-11s %s%s\n", absl::StrJoin(never.properties, " "), program.path, on);
    }
  }
}

constexpr std::pair<std::string_view, void (*)()> kLists[] = {{"designs", ListDesigns},
                                                              {"properties", ListProperties},
                                                              {"ops", ListOps},
                                                              {"faults", ListFaults},
                                                              {"known", ListKnown}};

}  // namespace

absl::StatusOr<ExitStatus> ListCommand(const Arguments& arguments) {
  for (const auto& [name, list] : kLists) {
    if (arguments[0] == name) {
      list();
      return ExitStatus::kClean;
    }
  }
  return absl::InvalidArgumentError(absl::StrCat("cannot list '", arguments[0],
                                                 "'; expected designs, properties, ops, faults "
                                                 "or known"));
}

}  // namespace groupfuzz::cli
