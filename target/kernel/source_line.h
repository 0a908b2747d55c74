// Which line of the source an instruction of this program is of.
//
// Looking it up takes more stack than a program thread has: code under test notes the offset, and
// who reports it asks for the line.
//
// Guarantees: the same for the same program, wherever it is loaded. What a header inlines is of the
// line that calls it, in a file that is no header. Code that was built without debug information
// (-gline-tables-only is enough) and code of shared libraries has no line.
//
// Thread-safety: one OS thread.
// Source: the line tables of DWARF, read with elfutils' libdw.
#ifndef GROUPFUZZ_TARGET_KERNEL_SOURCE_LINE_H_
#define GROUPFUZZ_TARGET_KERNEL_SOURCE_LINE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace groupfuzz::kernel {

struct SourceLine {
  std::string file;  // its name without folders; empty where nothing is known
  int line = 0;      // from 1; 0: of several, and nobody knows which
  // As the source has it, also where it was inlined; of C++ as the linker has it, where nothing was
  // inlined into it. May be empty.
  std::string function;

  std::string path;  // of the file, as the compiler was given it

  // "owner_check.cc:27", "iommu.c, iommu_group_store_type()", "an unknown place"
  std::string Describe() const;
  // What stands there, from where its parentheses open; empty where the source is not at hand.
  std::string Text() const;
};

// Instructions that stand together and are of one line.
struct CodeLine {
  uint32_t begin = 0;  // as CodeOffset
  uint32_t end = 0;
  std::string path;  // as SourceLine has it
  int line = 0;
};

// How far into the program `code` lies; 0 where it lies elsewhere.
uint32_t CodeOffset(const void* code);

// `offset`: of a return address; the line is that of the call. Asking again costs little.
const SourceLine& SourceLineAt(uint32_t offset);
// For code that several lines share, as a call that does not return: `line` is the one of them, 0
// where nobody knows better than the line table.
SourceLine SourceLineAt(uint32_t offset, int line);

// Of all code that was compiled together with that at `offset`, in the order of the code; lines of
// what was inlined are its own. Empty where they are not known.
std::vector<CodeLine> LinesOfUnit(uint32_t offset);

}  // namespace groupfuzz::kernel

#endif  // GROUPFUZZ_TARGET_KERNEL_SOURCE_LINE_H_
