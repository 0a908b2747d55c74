#include "target/linux/block_coverage.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "target/kernel/source_line.h"

namespace groupfuzz {
namespace {

using kernel::CodeLine;

struct Block {
  uint32_t begin = 0;  // as kernel::CodeOffset
  bool ran = false;
};

std::vector<Block> BlocksOf(const linux_tree& tree) {
  const auto count = static_cast<size_t>(tree.blocks_end - tree.blocks);
  if (count != static_cast<size_t>(tree.guards_end - tree.guards)) return {};
  std::vector<Block> blocks;
  blocks.reserve(count);
  for (size_t i = 0; i < count; ++i) {
    blocks.push_back({kernel::CodeOffset(tree.blocks[i].code), tree.guards[i] != 0});
  }
  std::sort(blocks.begin(), blocks.end(),
            [](const Block& a, const Block& b) { return a.begin < b.begin; });
  return blocks;
}

bool Knows(const std::map<uint32_t, CodeLine>& lines, uint32_t code) {
  const auto after = lines.upper_bound(code);
  return after != lines.begin() && code < std::prev(after)->second.end;
}

// Those of every unit that has a block, by where they begin. The code of one unit may lie on both
// sides of that of another.
std::map<uint32_t, CodeLine> LinesOf(const std::vector<Block>& blocks) {
  std::map<uint32_t, CodeLine> lines;
  for (const Block& block : blocks) {
    if (Knows(lines, block.begin)) continue;
    for (CodeLine& line : kernel::LinesOfUnit(block.begin)) {
      lines.try_emplace(line.begin, std::move(line));
    }
  }
  return lines;
}

// Whether a block ran that has some of `line`.
bool Ran(const std::vector<Block>& blocks, const CodeLine& line) {
  auto block =
      std::upper_bound(blocks.begin(), blocks.end(), line.begin,
                       [](uint32_t begin, const Block& other) { return begin < other.begin; });
  if (block != blocks.begin()) --block;
  for (; block != blocks.end() && block->begin < line.end; ++block) {
    if (block->ran) return true;
  }
  return false;
}

}  // namespace

std::vector<FileCoverage> CoverageOf(const linux_tree& tree, std::string_view root) {
  const std::vector<Block> blocks = BlocksOf(tree);
  std::map<std::string, FileCoverage> files;
  for (const auto& [begin, line] : LinesOf(blocks)) {
    const bool below = !root.empty() && line.path.starts_with(std::string(root) + "/");
    const std::string name = below ? line.path.substr(root.size() + 1) : line.path;
    FileCoverage& file = files[name];
    file.name = name;
    file.path = line.path;
    file.ran[line.line] |= Ran(blocks, line);
  }
  std::vector<FileCoverage> coverage;
  coverage.reserve(files.size());
  for (auto& [name, file] : files) coverage.push_back(std::move(file));
  return coverage;
}

}  // namespace groupfuzz
