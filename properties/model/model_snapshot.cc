// The sequential model against snapshots, and its words.
#include "absl/strings/str_cat.h"
#include "properties/model/model.h"
#include "properties/model/model_conditions.h"
#include "properties/model/model_rows.h"
#include "target/system/names.h"

namespace groupfuzz {
namespace {

using model::Bit;
using model::Has;

// What `ref` points to in `snapshot`. kMapping stands for every domain that is nothing else.
Place PlaceOf(const DomainRef& ref, const Snapshot& snapshot) {
  if (!ref) return Place::kNowhere;
  if (ref.id == snapshot.default_domain.id) return Place::kDefault;
  if (ref.id == snapshot.blocking_domain.id) return Place::kBlocking;
  for (uint8_t i = 0; i < kUserDomains; ++i) {
    if (ref.id == snapshot.user_domains[i].id) return UserPlace(i);
  }
  return Place::kMapping;
}

bool Names(const Snapshot& snapshot, Place user) {
  const int domain = static_cast<int>(user) - static_cast<int>(Place::kUser0);
  return domain >= 0 && domain < kUserDomains && snapshot.user_domains[domain];
}

// Where the snapshot does not say which domain is a user's, any that is nothing else may be.
bool IsAt(const DomainRef& ref, Place place, const Snapshot& snapshot) {
  const Place seen = PlaceOf(ref, snapshot);
  const bool of_user = place >= Place::kUser0 && place <= Place::kUser2;
  return seen == place || (seen == Place::kMapping && of_user && !Names(snapshot, place));
}

bool DefaultTypeMatches(const GroupState& state, const Snapshot& snapshot) {
  return !state.has_default || state.default_type == snapshot.default_domain.type;
}

bool BlockingMatches(const GroupState& state, const Snapshot& snapshot) {
  if (state.has_blocking != static_cast<bool>(snapshot.blocking_domain)) return false;
  return !state.has_blocking || state.blocking_type == snapshot.blocking_domain.type;
}

Difference CompareDevices(const GroupState& state, const Snapshot& snapshot) {
  const uint8_t members = state.member_set;
  for (uint8_t i = 0; i < kMaxDevices; ++i) {
    const DeviceSnapshot& device = snapshot.devices[i];
    const bool member = Has(members, i);
    if (device.member != member) return {Difference::Field::kMembers, i};
    if (member && !IsAt(device.hw, state.hw[i], snapshot)) {
      return {Difference::Field::kHardware, i};
    }
  }
  return {};
}

std::string Versus(std::string_view what, std::string_view expected, std::string_view got) {
  return absl::StrCat(std::string(what), ": expected ", std::string(expected), ", got ",
                      std::string(got));
}

std::string Versus(std::string_view what, int expected, int got) {
  return Versus(what, std::to_string(expected), std::to_string(got));
}

std::string OwnerText(uint8_t owner) {
  if (owner == kNobody) return "nobody";
  if (owner == kStoreTypeOwner) return "a write to the type attribute";
  return std::string(1, static_cast<char>('A' + owner));
}

std::string TypeText(bool present, DomainType type) {
  return present ? DomainTypeName(type) : "none";
}

std::string TypeText(const DomainRef& ref) { return TypeText(static_cast<bool>(ref), ref.type); }

std::string PlaceText(Place place) { return std::string(PlaceName(place)); }

}  // namespace

std::string_view PlaceName(Place place) {
  static constexpr std::array<std::string_view, 7> kNames = {
      "nowhere", "the default domain", "the blocking domain", "U0", "U1", "U2", "another domain"};
  return kNames[static_cast<size_t>(place)];
}

Difference Compare(const Model& model, const Snapshot& snapshot) {
  using Field = Difference::Field;
  const GroupState& state = model.state();
  if (state.lost) return {};
  if (state.exists != snapshot.exists) return {Field::kExists};
  if (!state.exists) return {};
  if (state.members != snapshot.members) return {Field::kMembers};
  if (state.owner_cnt != snapshot.owner_cnt) return {Field::kOwnerCount};
  if (state.owner != snapshot.owner) return {Field::kOwner};
  if (state.has_default != static_cast<bool>(snapshot.default_domain)) {
    return {Field::kDefaultDomain};
  }
  if (!DefaultTypeMatches(state, snapshot)) return {Field::kDefaultType};
  if (!BlockingMatches(state, snapshot)) return {Field::kBlockingDomain};
  if (!IsAt(snapshot.domain, state.cur, snapshot)) return {Field::kDomain};
  if (state.pasids != snapshot.pasids) return {Field::kPasids};
  return CompareDevices(state, snapshot);
}

std::string Describe(Difference difference, const Model& model, const Snapshot& snapshot) {
  using Field = Difference::Field;
  const GroupState& state = model.state();
  const uint8_t device = difference.device;
  switch (difference.field) {
    case Field::kNone:
      return "no difference";
    case Field::kExists:
      return Versus("group exists", state.exists, snapshot.exists);
    case Field::kMembers:
      if (device == kNoDevice) return Versus("members", state.members, snapshot.members);
      return Versus(absl::StrCat("dev", device, " is a member"), !snapshot.devices[device].member,
                    snapshot.devices[device].member);
    case Field::kOwnerCount:
      return Versus("owner_cnt", state.owner_cnt, snapshot.owner_cnt);
    case Field::kOwner:
      return Versus("owner", OwnerText(state.owner), OwnerText(snapshot.owner));
    case Field::kDefaultDomain:
    case Field::kDefaultType:
      return Versus("default_domain", TypeText(state.has_default, state.default_type),
                    TypeText(snapshot.default_domain));
    case Field::kBlockingDomain:
      return Versus("blocking_domain", TypeText(state.has_blocking, state.blocking_type),
                    TypeText(snapshot.blocking_domain));
    case Field::kDomain:
      return Versus("domain", PlaceName(state.cur), PlaceName(PlaceOf(snapshot.domain, snapshot)));
    case Field::kPasids:
      return Versus("pasid_array (bits)", state.pasids, snapshot.pasids);
    case Field::kHardware:
      return Versus(absl::StrCat("dev", device, " translates through"), PlaceText(state.hw[device]),
                    PlaceText(PlaceOf(snapshot.devices[device].hw, snapshot)));
  }
  return {};
}

void Model::Adopt(const Snapshot& snapshot) {
  AdoptGroup(snapshot);
  state_.users = 0;
  for (uint8_t i = 0; i < kUserDomains; ++i) {
    if (snapshot.user_domains[i]) state_.users |= Bit(i);
  }
  state_.bound = 0;
  for (uint8_t device = 0; device < kMaxDevices; ++device) {
    if (snapshot.devices[device].bound) state_.bound |= Bit(device);
  }
}

void Model::AdoptGroup(const Snapshot& snapshot) {
  GroupState next;
  next.users = state_.users;
  next.bound = state_.bound;
  next.exists = snapshot.exists;
  next.owner_cnt = static_cast<uint8_t>(snapshot.owner_cnt);
  next.owner = snapshot.owner;
  next.has_default = static_cast<bool>(snapshot.default_domain);
  next.default_type = next.has_default ? snapshot.default_domain.type : DomainType::kBlocked;
  next.has_blocking = static_cast<bool>(snapshot.blocking_domain);
  next.blocking_type = next.has_blocking ? snapshot.blocking_domain.type : DomainType::kBlocked;
  next.cur = PlaceOf(snapshot.domain, snapshot);
  next.pasids = snapshot.pasids;
  // A domain that is nobody's can only be one that probe_finalize attached.
  next.lost = next.cur == Place::kMapping && !machine_.finalize_attaches;

  // The list order of members that stay is known, newcomers come last.
  auto add = [&](uint8_t device) {
    if (!snapshot.devices[device].member || Has(next.member_set, device)) return;
    next.order[next.members++] = device;
    next.member_set |= Bit(device);
  };
  for (int i = 0; i < state_.members; ++i) add(state_.order[i]);
  for (uint8_t device = 0; device < kMaxDevices; ++device) add(device);
  for (int i = 0; i < next.members; ++i) {
    const uint8_t device = next.order[i];
    next.hw[device] = PlaceOf(snapshot.devices[device].hw, snapshot);
    if (snapshot.devices[device].deferred) next.pending |= Bit(device);
    if (next.has_default) next.require_direct |= machine_.direct & Bit(device);
  }
  // What a failed rollback does next to hardware that it left behind is not in the tables.
  for (int i = 0; i < next.members; ++i) {
    const uint8_t device = next.order[i];
    const bool left = next.hw[device] != next.cur || snapshot.devices[device].attach_failed;
    next.lost |= left && !Has(next.pending, device);
  }
  state_ = next;
}

std::string Outcome::Describe() const {
  if (kind == Kind::kAny) return "anything";
  if (kind == Kind::kAnyError) return absl::StrCat("an error, because ", reason);
  // Of what succeeds because nothing speaks against it, there is no more to say.
  if (std::string_view(reason) == model::when::kAlways.text) return ResultName(result);
  return absl::StrCat(ResultName(result), ", because ", reason);
}

}  // namespace groupfuzz
