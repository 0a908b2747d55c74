// The groupfuzz command as a function, for programs that have designs of their own:
//
//   int main(int argc, char** argv) {
//     groupfuzz::RegisterDesign({...});
//     return groupfuzz::cli::Main(argc, argv);
//   }
//
// Exit status: 0 clean, 1 a finding, 2 wrong usage or environment (one line on standard error), 130
// interrupted before anything was found.
//
// Thread-safety: main thread only.
#ifndef GROUPFUZZ_HARNESS_CLI_MAIN_H_
#define GROUPFUZZ_HARNESS_CLI_MAIN_H_

namespace groupfuzz::cli {

int Main(int argc, char** argv);

}  // namespace groupfuzz::cli

#endif  // GROUPFUZZ_HARNESS_CLI_MAIN_H_
