// Finding properties and naming their groups.
#include "properties/invariants/property.h"

namespace groupfuzz {

const Property* FindProperty(std::string_view id) {
  for (const Property& property : Properties()) {
    if (property.id == id) return &property;
  }
  return nullptr;
}

std::string_view GroupName(PropertyGroup group) {
  switch (group) {
    case PropertyGroup::kOwnership:
      return "ownership";
    case PropertyGroup::kHardware:
      return "hardware";
    case PropertyGroup::kMemory:
      return "memory";
    case PropertyGroup::kLocking:
      return "locking";
    case PropertyGroup::kPolicy:
      return "policy";
    case PropertyGroup::kHistory:
      return "history";
  }
  return "unknown";
}

}  // namespace groupfuzz
