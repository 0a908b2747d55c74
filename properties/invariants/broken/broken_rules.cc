// The reference protocol on rules of older kernels, one at a time.
#include "properties/invariants/broken/broken_design.h"

namespace groupfuzz {
namespace {

using iommu::Rules;

constexpr Rules Without(bool Rules::* rule) {
  Rules rules = iommu::kRulesToday;
  rules.*rule = false;
  return rules;
}

constexpr std::string_view kReleaseFails = R"(
device 0
thread 0
  group_claim 0 A
  group_release 0
fault attach 2 ENOMEM
)";
constexpr std::string_view kSecondDeviceFails = R"(
device 0
device 1
thread 0
  group_claim 0 A
fault attach 2 ENOMEM
)";

constexpr std::string_view kPasidThenJoin = R"(
device 0 pasids
device 1 pasids absent
thread 0
  device_claim 0 A
  attach_pasid 0 U0 pasid=1
  add_device 1
  detach_pasid 0 pasid=1
)";

const BrokenDesign kBroken[] = {
    {.property = "I14",
     .defect = "a failed switch leaves the devices it visited",
     .program = kSecondDeviceFails,
     .rules = Without(&Rules::rolls_back)},
    {.property = "I15",
     .defect = "a failed switch leaves the devices it visited",
     .program = kSecondDeviceFails,
     .rules = Without(&Rules::rolls_back)},
    {.property = "I16",
     .defect = "a failed switch puts nobody back",
     .program = kSecondDeviceFails,
     .rules = Without(&Rules::rolls_back)},
    {.property = "I45",
     .defect = "an untrusted device joins a group that is not translated",
     .program = R"(
default identity
device 0
device 1 untrusted absent
thread 0
  add_device 1
)",
     .rules = Without(&Rules::keeps_untrusted_strict)},
    {.property = "I45",
     .defect = "a write makes an untrusted device lazy",
     .program = "device 0 untrusted\nthread 0\n  store_type \"DMA-FQ\"\n",
     .rules = Without(&Rules::keeps_untrusted_strict)},
    {.property = "I18",
     .defect = "a release gives up where a device fails",
     .program = kReleaseFails,
     .rules = Without(&Rules::rolls_back)},
    {.property = "E2",
     .defect = "a release has no last resort",
     .program = kReleaseFails,
     .rules = Without(&Rules::rolls_back)},
    {.property = "E1",
     .defect = "a failed replace drops a reserved entry",
     .program = R"(
device 0
thread 0
  device_claim 0 A
  attach_handle 0 U0 null-handle
  replace_handle 0 U1
fault attach 3 EINVAL
)",
     .rules = Without(&Rules::keeps_reserved_handle)},
    {.property = "P1",
     .defect = "a failed PASID attach is undone on every device",
     .program = R"(
device 0 pasids
device 1 pasids
thread 0
  device_claim 0 A
  attach_pasid 0 U0 pasid=1
fault set_pasid 2 EINVAL
)",
     .rules = Without(&Rules::undoes_only_set_pasids)},
    {.property = "P1",
     .defect = "a device that joined since is cleared with the others",
     .program = kPasidThenJoin,
     .rules = Without(&Rules::keeps_pasids_whole)},
    {.property = "P4",
     .defect = "a device joins a group that uses PASIDs, without them",
     .program = kPasidThenJoin,
     .rules = Without(&Rules::keeps_pasids_whole)},
    {.property = "W1",
     .defect = "a detach warns where a device has joined",
     .program = R"(
device 0
device 1 absent
thread 0
  group_claim 0 A
  attach_device 0 U0
  add_device 1
  detach_device 0
)",
     .rules = Without(&Rules::detaches_whatever_joined)},
    {.property = "P3",
     .defect = "nobody looks whether devices have a PASID",
     .program = R"(
device 0 pasids
device 1
thread 0
  device_claim 0 A
  attach_pasid 0 U0 pasid=1
)",
     .rules = Without(&Rules::checks_pasids)},
    {.property = "I19",
     .defect = "the first DMA map attaches without the mutex",
     .program = R"(
device 0 deferred
thread 0
  bind 0
  dma_map 0
)",
     .rules = Without(&Rules::locks_deferred_attach)},
    {.property = "I21",
     .defect = "deferral is forgotten by a switch",
     .program = R"(
device 0 deferred
thread 0
  store_type "identity"
)",
     .rules = Without(&Rules::keeps_deferral)},
    {.property = "I21",
     .defect = "a rollback attaches a device that the switch passed by",
     .program = R"(
device 0 deferred
device 1
thread 0
  store_type "identity"
fault attach 1 ENOMEM
)",
     .rules = Without(&Rules::leaves_deferred)},
    {.property = "I23",
     .defect = "a domain is freed that a device could not leave",
     .program = R"(
driver failed-attach-keeps
device 0
thread 0
  bind 0
  attach_group 0 U0
  detach_group 0
  free_domain U0
fault attach 2 EBUSY
)",
     .rules = Without(&Rules::holds_domains)},
    {.property = "I46",
     .defect = "a driver is bound to a device that a release could not move",
     .program = R"(
device 0
thread 0
  group_claim 0 A
  group_release 0
  bind 0
fault attach 2 EIO
)",
     .rules = Without(&Rules::holds_domains)},
    {.property = "I22",
     .defect = "a claim blocks a device with a direct region",
     .program = R"(
device 0 direct
thread 0
  group_claim 0 A
)",
     .rules = Without(&Rules::refuses_blocking_direct)},
    {.property = "I28",
     .defect = "the driver releases a device outside the mutex",
     .program = R"(
device 0
device 1
thread 0
  store_type "identity"
thread 1
  remove_device 1
)",
     .rules =
         [] {
           Rules rules = Without(&Rules::frees_domains_with_last_device);
           rules.releases_under_mutex = false;
           return rules;
         }()},
    {.property = "I30",
     .defect = "the last device leaves a group that is on a foreign domain",
     .program = R"(
driver finalize-attaches
device 0
thread 0
  remove_device 0
)",
     .rules = Without(&Rules::leaves_on_default)},
    {.property = "W1",
     .defect = "the last device leaves a group that is on a foreign domain",
     .program = R"(
driver finalize-attaches
device 0
thread 0
  remove_device 0
)",
     .rules = Without(&Rules::leaves_on_default)},
    {.property = "I38",
     .defect = "opinions that differ cancel out",
     .program = R"(
device 0 prefers=DMA
device 1 prefers=identity
thread 0
  show_type
)",
     .rules = Without(&Rules::combines_preferences)},
    {.property = "D1",
     .defect = "a device that joined an owned group keeps its direct DMA",
     .program = R"(
device 0
device 1 absent
thread 0
  group_claim 0 A
  add_device 1
  group_release 0
  bind 1
  dma_map 1
)",
     .rules = Without(&Rules::refreshes_dma_ops)},
    {.property = "R1",
     .defect = "a claim that must be refused succeeds",
     .program = R"(
device 0 direct
thread 0
  group_claim 0 A
)",
     .rules = Without(&Rules::refuses_blocking_direct)},
};

}  // namespace

std::span<const BrokenDesign> BrokenRules() { return kBroken; }

}  // namespace groupfuzz
