#include "harness/compare/compare_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "harness/execution/verdict_word.h"

namespace groupfuzz {
namespace {

Json GroupJson(const DesignComparison& row, PropertyGroup group) {
  Json ids = Json::array();
  for (const Property& property : Properties()) {
    if (property.group == group && row.violations.contains(property.id)) ids.push_back(property.id);
  }
  const Json verdict = ids.empty() ? Json(Spelled(row.word())) : Json();
  return {{"group", GroupName(group)}, {"verdict", verdict}, {"violates", ids}};
}

// The programs that violate `property`; those that show what the baseline shows are stepped over.
Json ViolationJson(const DesignComparison& row, const Property& property,
                   const std::vector<ProgramFile>& corpus) {
  const std::vector<size_t>& violating = row.violations.at(property.id);
  const auto counted = row.findings().find(property.id);
  Json programs = Json::array();
  for (const size_t index : violating) {
    const bool counts =
        counted != row.findings().end() &&
        std::find(counted->second.begin(), counted->second.end(), index) != counted->second.end();
    programs.push_back({{"file", corpus[index].path}, {"stepped_over", !counts}});
  }
  return {{"property", property.id}, {"group", GroupName(property.group)}, {"programs", programs}};
}

// The programs that are too large to try every interleaving of.
Json SampledJson(const DesignComparison& row, const std::vector<ProgramFile>& corpus) {
  Json files = Json::array();
  for (const size_t index : row.sampled) files.push_back(corpus[index].path);
  return files;
}

Json GoneJson(const DesignComparison& row, const DesignComparison* base) {
  Json list = Json::array();
  if (base == nullptr) return list;
  for (const Gone& gone : GoneFrom(*base, row)) {
    list.push_back({{"property", gone.id},
                    {"programs", gone.programs},
                    {"of", gone.of},
                    {"sampled", gone.sampled}});
  }
  return list;
}

}  // namespace

Json DesignJson(const DesignComparison& row, const std::vector<ProgramFile>& corpus,
                const DesignComparison* base) {
  Json groups = Json::array();
  for (int g = 0; g < kPropertyGroups; ++g) {
    groups.push_back(GroupJson(row, static_cast<PropertyGroup>(g)));
  }
  Json findings = Json::array();
  Json violations = Json::array();
  for (const Property& property : Properties()) {
    if (row.findings().contains(property.id)) findings.push_back(property.id);
    if (!row.violations.contains(property.id)) continue;
    violations.push_back(ViolationJson(row, property, corpus));
  }
  const Design* baseline = row.design->baseline;
  return {{"design", row.design->name},
          {"rules", row.design->rules},
          {"baseline", baseline != nullptr ? Json(baseline->name) : Json()},
          {"findings", findings},
          {"groups", groups},
          {"violations", violations},
          {"gone", GoneJson(row, base)},
          {"changed_lines", row.changed ? Json(row.changed->count()) : Json()},
          {"changed_lines_ran", row.changed ? Json(row.changed->ran()) : Json()},
          {"changed", row.changed ? Json(Describe(*row.changed)) : Json()},
          {"unsupported", TextOrNull(row.unsupported)},
          {"programs", row.programs},
          {"unjudged_programs", row.unjudged},
          {"sampled_programs", row.sampled.size()},
          {"sampled", SampledJson(row, corpus)},
          {"executions", row.executions}};
}

Json ShowcaseJson(const Showcase& showcase) {
  Runner runner(*showcase.design);
  const RunOutcome outcome = runner.RunRecorded(showcase.program);
  return {{"design", showcase.design->name},
          {"property", showcase.property->id},
          {"source", showcase.source},
          {"execution", ExecutionJson(showcase.program, outcome.trace, outcome.findings,
                                      /*all_events=*/false)}};
}

}  // namespace groupfuzz
