#include "harness/execution/strategies/depth_first_search.h"

namespace groupfuzz {
namespace {

constexpr size_t kUsualDepth = 256;

}  // namespace

DepthFirstSearch::DepthFirstSearch() { path_.reserve(kUsualDepth); }

double DepthFirstSearch::Done() const {
  double done = 0;
  double part = 1;
  for (const Node& node : path_) {
    part /= node.alternatives;
    done += part * node.choice;
  }
  return done;
}

bool DepthFirstSearch::Backtrack() {
  if (depth_ < path_.size()) diverged_ = true;
  if (diverged_) return false;
  while (!path_.empty() && path_.back().choice + 1 == path_.back().alternatives) path_.pop_back();
  if (path_.empty()) return false;
  ++path_.back().choice;
  return true;
}

}  // namespace groupfuzz
