#include "harness/record/systems.h"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "harness/program/text_codec.h"
#include "properties/invariants/broken/broken_design.h"
#include "target/mutants/mutant.h"

namespace groupfuzz::record {
namespace {

constexpr std::string_view kGarbled = "garbled:";

template <typename Function>
void ForEachBrokenDesign(Function function) {
  for (const auto list : BrokenDesigns()) {
    for (const BrokenDesign& broken : list) function(broken);
  }
}

}  // namespace

std::vector<Design> SystemsToRecord() {
  std::vector<Design> systems(Designs().begin(), Designs().end());
  ForEachBrokenDesign([&](const BrokenDesign& broken) { systems.push_back(DesignOf(broken)); });
  for (int id = 0; id < kDesignCount; ++id) {
    Design garbled = BuiltInDesign(static_cast<DesignId>(id));
    garbled.name.insert(0, kGarbled);
    systems.push_back(std::move(garbled));
  }
  for (const mutants::Mutant& mutant : mutants::Mutants()) {
    Design& system = systems.emplace_back(*mutant.design);
    system.name = "mutant:" + system.name;
  }
  return systems;
}

bool IsGarbled(const Design& system) { return system.name.starts_with(kGarbled); }

std::vector<ListedProgram> ProgramsOfBrokenDesigns() {
  std::vector<ListedProgram> programs;
  ForEachBrokenDesign([&](const BrokenDesign& broken) {
    auto parsed = ParseText("groupfuzz 1\n" + std::string(broken.program), broken.defect);
    if (!parsed.ok()) {
      std::fprintf(stderr, "groupfuzz: %s\n", std::string(parsed.status().message()).c_str());
      std::abort();
    }
    programs.push_back({std::move(parsed->program), true});
  });
  return programs;
}

}  // namespace groupfuzz::record
