#include "target/linux/block_coverage.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

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

// Those of every unit that has a block.
std::vector<CodeLine> LinesOf(const std::vector<Block>& blocks) {
  std::vector<CodeLine> lines;
  uint32_t known_to = 0;
  for (const Block& block : blocks) {
    if (block.begin < known_to) continue;
    const std::vector<CodeLine> unit = kernel::LinesOfUnit(block.begin);
    lines.insert(lines.end(), unit.begin(), unit.end());
    known_to = unit.empty() ? block.begin + 1 : std::max(known_to, unit.back().end);
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
  for (const CodeLine& line : LinesOf(blocks)) {
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
