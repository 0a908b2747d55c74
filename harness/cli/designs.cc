#include "harness/cli/designs.h"

#include <algorithm>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "harness/cli/flags.h"
#include "harness/program/strings.h"

namespace groupfuzz::cli {

std::vector<std::string> AllDesignNames() {
  std::vector<std::string> names;
  for (const Design& design : Designs()) names.emplace_back(design.name);
  return names;
}

namespace {

absl::StatusOr<const Design*> Named(const std::string& name) {
  const Design* design = FindDesign(name);
  if (design != nullptr) return design;
  const std::vector<std::string> names = AllDesignNames();
  return absl::InvalidArgumentError(absl::StrCat("unknown design '", name, "'",
                                                 DidYouMean(name, names), "; expected ",
                                                 absl::StrJoin(names, ", ")));
}

}  // namespace

absl::StatusOr<std::vector<const Design*>> ChosenDesigns(
    const std::vector<std::string>& otherwise) {
  const std::string base_name = absl::GetFlag(FLAGS_base);
  const Design* base = nullptr;
  if (!base_name.empty()) {
    const absl::StatusOr<const Design*> found = Named(base_name);
    if (!found.ok()) return found.status();
    base = *found;
  }
  const std::vector<std::string> flag = absl::GetFlag(FLAGS_design);
  std::vector<const Design*> designs;
  std::vector<std::string> seen;
  for (const std::string& name : flag.empty() ? otherwise : flag) {
    const absl::StatusOr<const Design*> found = Named(name);
    if (!found.ok()) return found.status();
    const Design* design = *found;
    // Kernels are compared with a kernel, and what is proposed with what is proposed.
    if (flag.empty() && base != nullptr && (design == base || design->kernel != base->kernel)) {
      continue;
    }
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) continue;
    seen.push_back(name);
    const bool judged_against = base != nullptr && design != base;
    designs.push_back(judged_against ? &Against(*design, *base) : design);
  }
  if (designs.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("--base ", base_name, ": there is nothing to compare with it; use --design"));
  }
  return designs;
}

const Design* ChosenBase() {
  const std::string name = absl::GetFlag(FLAGS_base);
  return name.empty() ? nullptr : FindDesign(name);
}

std::string DesignFlag(const Design& design) {
  return design.name == kDefaultDesign ? "" : absl::StrCat(" --design ", std::string(design.name));
}

std::string DesignAndBaseFlags(const Design& design) {
  const Design* by_itself = FindDesign(design.name);
  const bool other = by_itself == nullptr || by_itself->baseline != design.baseline;
  if (!other || design.baseline == nullptr) return DesignFlag(design);
  return absl::StrCat(DesignFlag(design), " --base ", design.baseline->name);
}

}  // namespace groupfuzz::cli
