// The walk over a tree of choices that both exhaustive strategies make: each execution follows the
// path of the last one up to the deepest choice with an alternative left, takes that, and goes on
// with first choices.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_DEPTH_FIRST_SEARCH_H_
#define GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_DEPTH_FIRST_SEARCH_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace groupfuzz {

class DepthFirstSearch {
 public:
  DepthFirstSearch();

  void Begin() { depth_ = 0; }

  // Whether the next choice was made by an earlier execution already.
  bool OnKnownPath() const { return depth_ < path_.size(); }
  // The next choice of the known path, which had `alternatives` to choose from.
  // REQUIRES: OnKnownPath().
  int Follow(int alternatives);
  // Makes the first choice at a new point, which has `alternatives`.
  // REQUIRES: !OnKnownPath().
  int Extend(int alternatives);

  // The execution ended: turns to the next alternative. Returns whether there is one.
  bool Backtrack();

  // How much of the tree lies behind, 0 to 1, as if all parts of a choice were of one size.
  double Done() const;

  // The same choices led to a point with other alternatives: the execution does not depend on its
  // choices alone, and nothing that was searched proves anything.
  bool diverged() const { return diverged_; }

 private:
  struct Node {
    uint8_t choice;
    uint8_t alternatives;
  };

  std::vector<Node> path_;
  size_t depth_ = 0;
  bool diverged_ = false;
};

inline int DepthFirstSearch::Follow(int alternatives) {
  const Node& node = path_[depth_++];
  if (node.alternatives == alternatives) return node.choice;
  diverged_ = true;
  return 0;
}

inline int DepthFirstSearch::Extend(int alternatives) {
  path_.push_back({0, static_cast<uint8_t>(alternatives)});
  ++depth_;
  return 0;
}

}  // namespace groupfuzz

#endif  // GROUPFUZZ_HARNESS_EXECUTION_STRATEGIES_DEPTH_FIRST_SEARCH_H_
