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

absl::StatusOr<std::vector<const Design*>> ChosenDesigns(
    const std::vector<std::string>& otherwise) {
  const std::vector<std::string> flag = absl::GetFlag(FLAGS_design);
  std::vector<const Design*> designs;
  for (const std::string& name : flag.empty() ? otherwise : flag) {
    const Design* design = FindDesign(name);
    if (design == nullptr) {
      const std::vector<std::string> names = AllDesignNames();
      return absl::InvalidArgumentError(absl::StrCat("unknown design '", name, "'",
                                                     DidYouMean(name, names), "; expected ",
                                                     absl::StrJoin(names, ", ")));
    }
    if (std::find(designs.begin(), designs.end(), design) == designs.end()) {
      designs.push_back(design);
    }
  }
  return designs;
}

std::string DesignFlag(const Design& design) {
  return design.name == kDefaultDesign ? "" : absl::StrCat(" --design ", std::string(design.name));
}

}  // namespace groupfuzz::cli
