#include "harness/program/strings.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace groupfuzz {
namespace {

constexpr size_t kMostErrors = 2;
constexpr size_t kLettersOfAnError = 3;

// Optimal string alignment distance.
size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<size_t>> cost(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i <= a.size(); ++i) cost[i][0] = i;
  for (size_t j = 0; j <= b.size(); ++j) cost[0][j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = cost[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string DidYouMean(std::string_view typed, std::span<const std::string> words) {
  std::string_view nearest;
  size_t errors = kMostErrors + 1;
  for (const std::string& word : words) {
    if (typed.size() > word.size() + kMostErrors) continue;  // however long it is
    const size_t distance = Distance(typed, word);
    // Of a short word, errors leave nothing.
    if (distance >= errors || distance * kLettersOfAnError > word.size()) continue;
    errors = distance;
    nearest = word;
  }
  return nearest.empty() ? "" : "; did you mean " + std::string(nearest) + "?";
}

}  // namespace groupfuzz
