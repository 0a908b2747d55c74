#include "harness/record/systems.h"

#include "properties/broken/broken_design.h"
#include "target/mutants/mutant.h"

namespace groupfuzz::record {

std::vector<Design> SystemsToRecord() {
  std::vector<Design> systems(Designs().begin(), Designs().end());
  for (const auto list : {BrokenProtocols(), BrokenRules(), BrokenDrivers()}) {
    for (const BrokenDesign& broken : list) systems.push_back(DesignOf(broken));
  }
  for (const mutants::Mutant& mutant : mutants::Mutants()) {
    Design& system = systems.emplace_back(*mutant.design);
    system.name = "mutant:" + system.name;
  }
  return systems;
}

}  // namespace groupfuzz::record
