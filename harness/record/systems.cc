#include "harness/record/systems.h"

#include <string>

#include "harness/text_codec.h"
#include "properties/broken/broken_design.h"
#include "target/mutants/mutant.h"

namespace groupfuzz::record {
namespace {

std::vector<BrokenDesign> BrokenDesigns() {
  std::vector<BrokenDesign> designs;
  for (const auto list : {BrokenProtocols(), BrokenRules(), BrokenDrivers()}) {
    designs.insert(designs.end(), list.begin(), list.end());
  }
  return designs;
}

}  // namespace

std::vector<ListedProgram> ProgramsOfBrokenDesigns() {
  std::vector<ListedProgram> programs;
  for (const BrokenDesign& broken : BrokenDesigns()) {
    const std::string text = "groupfuzz 1\n" + std::string(broken.program);
    const auto parsed = ParseText(text, std::string(broken.defect));
    if (parsed.ok()) programs.push_back({parsed->program, /*explore=*/true});
  }
  return programs;
}

std::vector<Design> SystemsToRecord() {
  std::vector<Design> systems(Designs().begin(), Designs().end());
  for (const BrokenDesign& broken : BrokenDesigns()) systems.push_back(DesignOf(broken));
  for (const mutants::Mutant& mutant : mutants::Mutants()) {
    Design& system = systems.emplace_back(*mutant.design);
    system.name = "mutant:" + system.name;
  }
  return systems;
}

}  // namespace groupfuzz::record
