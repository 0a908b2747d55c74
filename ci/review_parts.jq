# What the reports of one step say, {step, compare, check, programs}: of `groupfuzz compare`, of
# `groupfuzz check`, and the text of the programs that `check` names and has no execution of.

def unique_in_order: reduce .[] as $id ([]; if index($id) then . else . + [$id] end);

# What the tree without the series does not show.
def news: (.compare.designs[-1].findings + [.check.suites[].violates[]]) | unique_in_order;

# What it shows, and no program does any more.
def gone: [.compare.designs[-1].gone[] | select(.programs == .of and (.sampled | not)) | .property];

# What was made small of it; and of what no program of the corpus shows, what a suite found.
def counterexamples:
  .programs as $programs | .compare.designs[-1].findings as $of_corpus |
  [(.compare | (.showcase, .others[]?) | select(. != null) |
     {design, property, source, suite: null, program: .execution.program}),
   (.check.suites[] | select(.failure != null) | . as $suite |
     ({property: .failure.property, file: .failure.file, program: .failure.execution.program},
      (.failure.also_violated[]? | {property, file, program: $programs[.file]})) |
     select(.property | IN($of_corpus[]) | not) |
     {design: $suite.design, property, source: .file, suite: $suite.suite, program})] |
  reduce .[] as $one ([]; if any(.[]; .property == $one.property) then . else . + [$one] end);

def unknown:
  .compare.designs[-1] as $row | $row.unsupported //
  ([.check.suites[].unsupported | select(. != null)] | first) //
  if ($row.changed_lines // 0) > 0 and $row.changed_lines_ran == 0
  then "nothing ran of what is changed" else null end;
