#include "harness/mutation/matrix.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace groupfuzz::mutation {
namespace {

constexpr int kCellColumns = 13;

template <typename T>
T MedianOf(std::vector<T> values) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::string Describe(const ProgramSize& size) {
  return absl::StrFormat("%d/%d/%d/%d", size.devices, size.ops, size.threads, size.failures);
}

ProgramSize Declared(const mutants::MutantRow& row) {
  return {.devices = row.devices, .ops = row.ops, .threads = row.threads, .failures = row.failures};
}

std::string JoinNames(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) absl::StrAppend(&text, "  ", name, "\n");
  return text;
}

}  // namespace

size_t Matrix::Cell::found() const {
  return static_cast<size_t>(std::count_if(trials.begin(), trials.end(),
                                           [](const TrialResult& trial) { return trial.found; }));
}

std::string Matrix::Cell::property() const {
  for (const TrialResult& trial : trials) {
    if (trial.found) return trial.property;
  }
  return "";
}

double Matrix::Cell::median_seconds() const {
  std::vector<double> seconds;
  for (const TrialResult& trial : trials) {
    if (trial.found) seconds.push_back(trial.cpu_seconds);
  }
  return MedianOf(seconds);
}

uint64_t Matrix::Cell::median_executions() const {
  std::vector<uint64_t> executions;
  for (const TrialResult& trial : trials) {
    if (trial.found) executions.push_back(trial.executions);
  }
  return MedianOf(executions);
}

Matrix::Matrix(std::vector<const mutants::Mutant*> mutants, std::vector<const Engine*> engines)
    : mutants_(std::move(mutants)),
      engines_(std::move(engines)),
      cells_(mutants_.size() * engines_.size()) {}

void Matrix::Add(size_t mutant, size_t engine, const TrialResult& result) {
  cells_[mutant * engines_.size() + engine].trials.push_back(result);
}

bool Matrix::Found(size_t mutant) const {
  for (size_t engine = 0; engine < engines_.size(); ++engine) {
    if (At(mutant, engine).found() > 0) return true;
  }
  return false;
}

std::string Matrix::Text(const Cell& cell) const {
  if (cell.trials.empty()) return ".";
  if (cell.found() == 0) return "-";
  const std::string what = absl::StrFormat("%s %.2f", cell.property(), cell.median_seconds());
  return cell.in_all() ? what : absl::StrFormat("%d/%d %s", cell.found(), cell.trials.size(), what);
}

ProgramSize Matrix::Smallest(size_t mutant) const {
  ProgramSize smallest;
  for (size_t engine = 0; engine < engines_.size(); ++engine) {
    for (const TrialResult& trial : At(mutant, engine).trials) {
      const bool known = trial.found && trial.size.threads > 0;
      const auto rank = [](const ProgramSize& size) { return size.ops + size.failures; };
      if (known && (smallest.threads == 0 || rank(trial.size) < rank(smallest))) {
        smallest = trial.size;
      }
    }
  }
  return smallest;
}

std::string Matrix::Table() const {
  size_t longest = 0;
  for (const mutants::Mutant* mutant : mutants_) {
    longest = std::max(longest, mutant->row.name.size());
  }
  const int columns = static_cast<int>(longest);
  std::string text = absl::StrFormat("%-*s", columns, "mutant");
  for (const Engine* engine : engines_) {
    absl::StrAppendFormat(&text, " %-*s", kCellColumns,
                          std::string(engine->name.substr(0, kCellColumns)));
  }
  absl::StrAppend(&text, " size     declared\n");
  std::string_view on;
  for (size_t i = 0; i < mutants_.size(); ++i) {
    const mutants::MutantRow& row = mutants_[i]->row;
    if (row.on != on) absl::StrAppend(&text, "on ", std::string(row.on), "\n");
    on = row.on;
    absl::StrAppendFormat(&text, "%-*s", columns, std::string(row.name));
    for (size_t engine = 0; engine < engines_.size(); ++engine) {
      absl::StrAppendFormat(&text, " %-*s", kCellColumns, Text(At(i, engine)));
    }
    const ProgramSize smallest = Smallest(i);
    absl::StrAppendFormat(&text, " %-8s %s\n", smallest.threads > 0 ? Describe(smallest) : "",
                          mutants_[i]->is_bug() ? Describe(Declared(row))
                          : row.harmless        ? "harmless"
                                                : "equivalent");
  }
  return absl::StrCat(text,
                      "cells: property (`groupfuzz list properties`), CPU seconds (median); -: not "
                      "found; .: not tried\n"
                      "size: devices/ops/threads/failures of the smallest counterexample\n");
}

std::string Matrix::Summary() const {
  size_t bugs = 0;
  size_t in_all = 0;
  size_t harmless = 0;
  std::vector<std::string> missed;
  std::vector<std::string> alarms;
  std::vector<std::string> lucky;
  for (size_t i = 0; i < mutants_.size(); ++i) {
    const std::string& name = mutants_[i]->design->name;
    if (!mutants_[i]->is_bug()) {
      ++harmless;
      if (Found(i)) alarms.push_back(name);
      continue;
    }
    ++bugs;
    bool all = true;
    for (size_t engine = 0; engine < engines_.size(); ++engine) all &= At(i, engine).in_all();
    in_all += all ? 1 : 0;
    if (!Found(i)) missed.push_back(name);
    if (Found(i) && !mutants_[i]->row.survives.empty()) lucky.push_back(name);
  }
  std::string text = absl::StrFormat(
      "%d of %d bugs found, %d of them by every engine in every trial; %d of %d harmless or "
      "equivalent changes raised an alarm\n",
      bugs - missed.size(), bugs, in_all, alarms.size(), harmless);
  SteppedOver stepped_over;
  for (const Cell& cell : cells_) {
    for (const TrialResult& trial : cell.trials) stepped_over.Add(trial.stepped_over);
  }
  if (!stepped_over.empty()) absl::StrAppend(&text, stepped_over.Describe(), "\n");
  if (!missed.empty()) absl::StrAppend(&text, "found by no engine:\n", JoinNames(missed));
  if (!lucky.empty()) {
    absl::StrAppend(&text, "found, though the bank says that they survive:\n", JoinNames(lucky));
  }
  if (!alarms.empty()) absl::StrAppend(&text, "false alarms:\n", JoinNames(alarms));
  return text;
}

std::string Matrix::Tsv() const {
  std::string text =
      "mutant\tkind\tengine\ttrials\tfound\tproperty\tmedian executions\tmedian CPU s\t"
      "size d/o/t/f\tdeclared d/o/t/f\n";
  for (size_t i = 0; i < mutants_.size(); ++i) {
    const mutants::Mutant& mutant = *mutants_[i];
    const char* kind = mutant.row.canary     ? "canary"
                       : mutant.is_bug()     ? "bug"
                       : mutant.row.harmless ? "harmless"
                                             : "equivalent";
    const ProgramSize smallest = Smallest(i);
    for (size_t engine = 0; engine < engines_.size(); ++engine) {
      const Cell& cell = At(i, engine);
      if (cell.trials.empty()) continue;
      absl::StrAppendFormat(&text, "%s\t%s\t%s\t%d\t%d\t%s\t%d\t%.3f\t%s\t%s\n",
                            mutant.design->name, kind, std::string(engines_[engine]->name),
                            cell.trials.size(), cell.found(), cell.property(),
                            cell.median_executions(), cell.median_seconds(), Describe(smallest),
                            Describe(Declared(mutant.row)));
    }
  }
  return text;
}

bool Matrix::OnlyQuickEngines() const {
  return std::all_of(engines_.begin(), engines_.end(), [](const Engine* engine) {
    return engine->name == "compare" || engine->group == "check";
  });
}

bool Matrix::MayBeMissed(const mutants::MutantRow& row) const {
  return !row.survives.empty() || (!row.hard.empty() && OnlyQuickEngines());
}

std::vector<std::string> Matrix::Unexpected() const {
  std::vector<std::string> lines;
  for (size_t i = 0; i < mutants_.size(); ++i) {
    const mutants::Mutant& mutant = *mutants_[i];
    const std::string& name = mutant.design->name;
    for (size_t engine = 0; engine < engines_.size(); ++engine) {
      const Cell& cell = At(i, engine);
      const std::string by(engines_[engine]->name);
      if (!mutant.is_bug() && mutant.row.alarm.empty() && cell.found() > 0) {
        lines.push_back(absl::StrCat(name, ": a false alarm, ", by, " says ", cell.property()));
      }
      if (mutant.row.canary && !cell.trials.empty() && !cell.in_all()) {
        lines.push_back(absl::StrCat(name, ": the canary was not found by ", by));
      }
      for (const TrialResult& trial : cell.trials) {
        if (!trial.error.empty()) lines.push_back(absl::StrCat(name, ": ", by, ": ", trial.error));
      }
    }
    if (mutant.is_bug() && !Found(i) && !MayBeMissed(mutant.row)) {
      lines.push_back(absl::StrCat(name, ": survives"));
    }
  }
  return lines;
}

}  // namespace groupfuzz::mutation
