// `groupfuzz list`: designs, properties, and what is known.
#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "harness/cli/command.h"
#include "harness/cli/json_output.h"
#include "harness/program/program.h"
#include "harness/report/execution_json.h"
#include "harness/verdict/known_programs.h"
#include "properties/invariants/property.h"
#include "target/designs/design.h"

namespace groupfuzz::cli {
namespace {

std::vector<const char*> ArgumentsOf(const OpTraits& traits) {
  const std::pair<bool, const char*> uses[] = {{traits.text, "text"},
                                               {traits.text, "capabilities"},
                                               {traits.device, "device"},
                                               {traits.cookie, "cookie"},
                                               {traits.domain, "domain"},
                                               {traits.pasid, "pasid"},
                                               {traits.flag != nullptr, traits.flag}};
  std::vector<const char*> arguments;
  for (const auto& [used, word] : uses) {
    if (used) arguments.push_back(word);
  }
  return arguments;
}

void ListDesigns() {
  size_t longest = 0;
  for (const Design& design : Designs()) longest = std::max(longest, design.name.size());
  for (const Design& design : Designs()) {
    absl::PrintF("%-*s %-5s %s\n", static_cast<int>(longest), std::string(design.name),
                 std::string(design.rules), std::string(design.summary));
  }
}

Json DesignsJson() {
  Json list = Json::array();
  for (const Design& design : Designs()) {
    const Design* baseline = design.baseline;
    list.push_back({{"design", design.name},
                    {"rules", design.rules},
                    {"summary", design.summary},
                    {"baseline", baseline != nullptr ? Json(baseline->name) : Json()}});
  }
  return list;
}

void ListProperties() {
  for (const Property& property : Properties()) {
    absl::PrintF("%-5s %-10s %s\n", std::string(property.id),
                 std::string(GroupName(property.group)), std::string(property.statement));
    absl::PrintF("%16s source: %s\n", "", std::string(property.source));
  }
}

Json ExcusesJson(const Property& property) {
  Json list = Json::array();
  for (const PropertyExcuse& excuse : ExcusesOf(property)) {
    list.push_back(
        {{"excuse", excuse.name}, {"kernels", excuse.kernels}, {"reason", excuse.reason}});
  }
  return list;
}

Json PropertiesJson() {
  Json list = Json::array();
  for (const Property& property : Properties()) {
    list.push_back({{"property", property.id},
                    {"group", GroupName(property.group)},
                    {"statement", property.statement},
                    {"source", property.source},
                    {"checked_in", property.checked_in},
                    {"excuses", ExcusesJson(property)}});
  }
  return list;
}

Json UncheckedJson() {
  Json list = Json::array();
  for (const UncheckedInvariant& unchecked : UncheckedInvariants()) {
    list.push_back({{"property", unchecked.id},
                    {"statement", unchecked.statement},
                    {"source", unchecked.source},
                    {"reason", unchecked.reason}});
  }
  return list;
}

void ListOps() {
  for (int kind = 0; kind < kOpKinds; ++kind) {
    const OpTraits& traits = TraitsOf(static_cast<OpKind>(kind));
    absl::PrintF("%-15s %s\n", traits.name, absl::StrJoin(ArgumentsOf(traits), ", "));
  }
}

Json OpsJson() {
  Json list = Json::array();
  for (int kind = 0; kind < kOpKinds; ++kind) {
    const OpTraits& traits = TraitsOf(static_cast<OpKind>(kind));
    list.push_back({{"op", traits.name}, {"arguments", ArgumentsOf(traits)}});
  }
  return list;
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
    absl::PrintF("%14s%sdefect at %s:%d %s(),%s repaired by %s\n", "",
                 defect.latent ? "latent " : "", defect.file, defect.line, defect.function,
                 defect.since.empty() ? "" : " since " + defect.since + ",",
                 absl::StrJoin(defect.repairs, ", "));
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

Json KnownJson() {
  Json list = Json::array();
  for (const KnownOfDesign& known : KnownByDesign()) {
    for (const KnownFinding& finding : known.findings) {
      Json defect;
      if (finding.defect != nullptr) {
        const Defect& told = *finding.defect;
        defect = {{"file", told.file},
                  {"line", told.line},
                  {"function", told.function},
                  {"latent", told.latent},
                  {"since", TextOrNull(told.since)},
                  {"repairs", told.repairs}};
      }
      list.push_back({{"design", known.design},
                      {"violates", finding.properties},
                      {"file", finding.program->path},
                      {"defect", defect}});
    }
  }
  return list;
}

Json NeversJson() {
  Json list = Json::array();
  for (const KnownProgram& program : KnownPrograms()) {
    for (const Never& never : program.contents.nevers) {
      list.push_back({{"properties", never.properties},
                      {"design", TextOrNull(never.design)},
                      {"file", program.path}});
    }
  }
  return list;
}

Json FaultsJson() {
  Json list = Json::array();
  for (int i = 0; i < kFaultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    Json errnos = Json::array();
    for (const ErrnoName& error : FaultErrnos(kind)) errnos.push_back(error.name);
    list.push_back({{"fault", FaultName(kind)}, {"errnos", errnos}});
  }
  return list;
}

void FillDesigns(Json& document) { document["designs"] = DesignsJson(); }
void FillProperties(Json& document) {
  document["properties"] = PropertiesJson();
  document["unchecked"] = UncheckedJson();
}
void FillOps(Json& document) { document["ops"] = OpsJson(); }
void FillFaults(Json& document) { document["faults"] = FaultsJson(); }
void FillKnown(Json& document) {
  document["known"] = KnownJson();
  document["never"] = NeversJson();
}

struct List {
  const char* name;
  void (*print)();
  void (*fill)(Json& document);
};
constexpr List kLists[] = {{"designs", ListDesigns, FillDesigns},
                           {"properties", ListProperties, FillProperties},
                           {"ops", ListOps, FillOps},
                           {"faults", ListFaults, FillFaults},
                           {"known", ListKnown, FillKnown}};

}  // namespace

absl::StatusOr<ExitStatus> ListCommand(const Arguments& arguments) {
  const absl::StatusOr<bool> json = WantsJson();
  if (!json.ok()) return json.status();
  for (const List& list : kLists) {
    if (arguments[0] != list.name) continue;
    if (*json) {
      Json document = DocumentOf("list");
      list.fill(document);
      absl::PrintF("%s", Serialized(document));
    } else {
      list.print();
    }
    return ExitStatus::kClean;
  }
  return absl::InvalidArgumentError(absl::StrCat("cannot list '", arguments[0],
                                                 "'; expected designs, properties, ops, faults "
                                                 "or known"));
}

}  // namespace groupfuzz::cli
