// The designs that --design names.
//
// Thread-safety: main thread only.
#ifndef GROUPFUZZ_HARNESS_CLI_DESIGNS_H_
#define GROUPFUZZ_HARNESS_CLI_DESIGNS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "target/designs/design.h"

namespace groupfuzz::cli {

inline constexpr char kDefaultDesign[] = "owner-check";

// In the order of the command line, each once; `otherwise` where there is no --design. With --base,
// each is judged against that one, which is left out unless --design names it: its own findings are
// those of its own baseline. The error names the designs there are.
absl::StatusOr<std::vector<const Design*>> ChosenDesigns(const std::vector<std::string>& otherwise);

std::vector<std::string> AllDesignNames();

// That of --base; nullptr where there is none. REQUIRES: ChosenDesigns() found it.
const Design* ChosenBase();

// " --design NAME", or nothing for the default one: for commands that are printed.
std::string DesignFlag(const Design& design);
// With " --base NAME" where it is judged against another than it has by itself.
std::string DesignAndBaseFlags(const Design& design);

}  // namespace groupfuzz::cli

#endif  // GROUPFUZZ_HARNESS_CLI_DESIGNS_H_
