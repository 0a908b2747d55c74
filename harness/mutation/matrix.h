// What the engines made of the mutants: one row a mutant, one column an engine.
//
// Thread-safety: one OS thread.
#ifndef GROUPFUZZ_HARNESS_MUTATION_MATRIX_H_
#define GROUPFUZZ_HARNESS_MUTATION_MATRIX_H_

#include <cstddef>
#include <string>
#include <vector>

#include "harness/mutation/engine.h"
#include "harness/mutation/trial.h"
#include "target/mutants/mutant.h"

namespace groupfuzz::mutation {

class Matrix {
 public:
  Matrix(std::vector<const mutants::Mutant*> mutants, std::vector<const Engine*> engines);

  void Add(size_t mutant, size_t engine, const TrialResult& result);
  // Whether any engine has found it.
  bool Found(size_t mutant) const;

  // For people. A cell is
  //   I2 0.04    found in all trials: the property, the median of the CPU seconds
  //   2/3 I2 4.1 found in some
  //   -          in none
  //   .          not tried
  // and the last two columns compare the smallest counterexample with what the bank declares.
  std::string Table() const;
  // How many mutants were found, and which were not.
  std::string Summary() const;
  // For scripts: one line a mutant and engine, columns separated by tabs, names in the first line.
  std::string Tsv() const;
  // What is not as the bank says, a line each: a bug that no engine found and that is no known
  // survivor, a false alarm, a canary that some engine missed, a bound that is too small.
  std::vector<std::string> Unexpected() const;

 private:
  struct Cell {
    std::vector<TrialResult> trials;
    size_t found() const;
    bool in_all() const { return !trials.empty() && found() == trials.size(); }
    std::string property() const;  // the first one
    double median_seconds() const;
    uint64_t median_executions() const;
  };

  const Cell& At(size_t mutant, size_t engine) const {
    return cells_[mutant * engines_.size() + engine];
  }
  std::string Text(const Cell& cell) const;
  // Of all trials; ops = 0 where none is known.
  ProgramSize Smallest(size_t mutant) const;
  bool OnlyQuickEngines() const;
  bool MayBeMissed(const mutants::MutantRow& row) const;

  const std::vector<const mutants::Mutant*> mutants_;
  const std::vector<const Engine*> engines_;
  std::vector<Cell> cells_;
};

}  // namespace groupfuzz::mutation

#endif  // GROUPFUZZ_HARNESS_MUTATION_MATRIX_H_
