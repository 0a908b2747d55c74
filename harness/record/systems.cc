#include "harness/record/systems.h"

#include "properties/broken/broken_design.h"

namespace groupfuzz::record {

std::vector<Design> SystemsToRecord() {
  std::vector<Design> systems(Designs().begin(), Designs().end());
  for (const auto list : {BrokenProtocols(), BrokenRules(), BrokenDrivers()}) {
    for (const BrokenDesign& broken : list) systems.push_back(DesignOf(broken));
  }
  return systems;
}

}  // namespace groupfuzz::record
