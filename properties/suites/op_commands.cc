#include "properties/suites/op_commands.h"

#include "absl/strings/str_cat.h"
#include "harness/program/byte_codec.h"
#include "target/system/names.h"

namespace groupfuzz {

void Execution::Disagree(const Op& op, int64_t expected, int64_t got) {
  if (!disagreement_.empty()) return;
  disagreement_ =
      absl::StrCat(FormatOp(op), ": expected ", ResultName(expected), ", got ", ResultName(got));
}

std::string_view DepthOf(const ReferenceMachine& machine) {
  const GroupState& state = machine.model().state();
  if (state.owner == kNobody) return {};
  if (state.cur < Place::kUser0 || state.cur > Place::kUser2) return kReachedClaimed;
  const auto late = static_cast<uint8_t>(state.member_set & ~machine.model().machine().present);
  return late != 0 ? kReachedJoined : kReachedAttached;
}

bool IsFurtherAttach(const Op& op) {
  switch (op.kind) {
    case OpKind::kReplaceGroup:
    case OpKind::kReplaceHandle:
    case OpKind::kAttachDevice:
    case OpKind::kAttachGroup:
    case OpKind::kAttachHandle:
    case OpKind::kAttachPasid:
      return true;
    default:
      return false;
  }
}

std::vector<Op> PlainerOps(const Op& op) {
  std::vector<Op> plainer;
  const auto edit = [&](auto change) {
    Op candidate = op;
    change(candidate);
    if (candidate != op) plainer.push_back(candidate);
  };
  edit([](Op& o) { o.device = 0; });
  edit([](Op& o) { o.cookie = 0; });
  edit([](Op& o) { o.domain = 0; });
  edit([](Op& o) { o.pasid = 1; });
  edit([](Op& o) { o.flag = false; });
  edit([](Op& o) { o.capabilities = Capabilities::kBoth; });
  if (op.kind == OpKind::kStoreType) edit([](Op& o) { o.text = CommonTexts().front(); });
  return plainer;
}

}  // namespace groupfuzz
