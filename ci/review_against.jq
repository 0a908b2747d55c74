# What a series as a whole does beside another version of it, from the last state of each.
# usage: jq -L ci --slurpfile reports REPORTS --slurpfile replay REPLAY --rawfile series SERIES.TSV
#     --rawfile against SERIES.TSV --arg other STEP --arg names "OLD NEW" -f review_against.jq
# input: what review.jq made; REPORTS: what review_parts.jq reads, one of each step; REPLAY: what
# compare says on both of the programs that the suites found on one, if there are any
include "review_parts";

# The last state of a series: its step, null where that is the tree itself; or why there is none.
def last_state:
  [split("\n")[] | select(. != "") | split("\t")] as $rows |
  [$rows[] | select(.[4] != "touches nothing that is built")] | last |
  if . == null then {step: null, unknown: null}
  elif .[4] == "-" then {step: .[0], unknown: null}
  else {step: null, unknown: "\(.[0] | ltrimstr("patch-"))/\($rows | length) \(.[4])"} end;

# {name, step, unknown, report} of one of the two.
def side($name; $state; $step):
  ([$reports[] | select(.step == $step)] | first) as $report |
  {name: $name, design: "linux:\($step)", report: $report,
   unknown: ($state.unknown // if $report == null then null else $report | unknown end)};

def row_of($design): [$replay[].designs[] | select(.design == $design)] | first;

# The files that show a property on a side, as news: of the corpus, and of what was replayed.
def shown_by($row; $id):
  [$row.violations[]? | select(.property == $id) | .programs[] |
   select(.stepped_over | not) | .file];

def shows($side; $id):
  ($side.report != null and ($side.report | news | index($id) != null)) or
  shown_by(row_of($side.design); $id) != [];

# The programs by which a suite found it, as they are named where they were replayed.
def found_by($side; $id):
  [$side.report.check.suites[].failure | select(. != null) |
   (select(.property == $id) | .minimized_file // .file),
   (.also_violated[]? | select(.property == $id) | .file) | split("/") | last];

# Of what was replayed, only those count: what else shows it there says nothing of the series.
def replayed_by($side; $id):
  found_by($side; $id) as $names |
  [shown_by(row_of($side.design); $id)[] | select(split("/") | last | IN($names[]))];

# Why it is not known that `$clean` does not show what `$shown` does; null: it is.
def why_unknown($clean; $shown; $id):
  if $clean.unknown != null then $clean.unknown
  # The tree: what counts is what that does not show.
  elif $clean.report == null then null
  else
    shown_by($shown.report.compare.designs[-1]; $id) as $of_corpus |
    replayed_by($shown; $id) as $of_suites |
    [[$of_corpus, $clean.report.compare.designs[-1]], [$of_suites, row_of($clean.design)] |
     . as [$files, $here] |
     if $files == [] then empty
     elif $here.unsupported != null then $here.unsupported
     else ($files[] | select(. as $file | $here.sampled | index($file)) |
       "not every interleaving of \(.) was tried"),
      ($files[] | select(. as $file | [$here.violations[] | select(.property == $id) |
         .programs[].file] | index($file)) |
       "the tree may show, too, what it shows in \(.)") end] as $reasons |
    if $of_corpus + $of_suites == [] then "the program that shows it was not run again"
    else $reasons | first end
  end;

# One that shows it, of another property where that shows both.
def example($side; $id):
  if $side.report == null then null else
    $side.report |
    ([counterexamples[] | select(.property == $id)] +
     [.compare | (.showcase, .others[]?) | select(. != null) |
      select(any(.execution.findings[]?; .property == $id)) |
      {design, property: $id, source, suite: null, program: .execution.program}]) | first
  end;

# What one finding is: a word, and why it is no better one.
def told($id; $old; $new):
  shows($old; $id) as $before | shows($new; $id) as $now |
  (if $before and $now then null
   elif $before then why_unknown($new; $old; $id)
   else why_unknown($old; $new; $id) end) as $why |
  (if $now then $new else $old end) as $on |
  {property: $id,
   what: (if $before and $now then "keeps"
     elif $why != null then "unknown" elif $before then "repairs" else "brings" end),
   unknown_of: (if $why == null then null elif $before then $new.name else $old.name end),
   why: $why,
   counterexample: (example($on; $id) // example($old; $id) // example($new; $id))};

def violated: if .report == null then [] else
  [.report.compare.designs[-1].violations[]?.property] end;
def repaired: if .report == null then [] else .report | gone end;

($against | last_state) as $old_state | ($series | last_state) as $new_state |
($names | split("\n")) as $name |
side($name[0]; $old_state; if $old_state.step == null then null else $other end) as $old |
side($name[1]; $new_state; $new_state.step) as $new |
([($old, $new) | select(.report != null) | .report | news[]] | unique_in_order) as $ids |
.against = {
  series: $old.name, with: $new.name, unknown: $old.unknown, unknown_with: $new.unknown,
  findings: [$ids[] | told(.; $old; $new)],
  also_repairs: [($new | repaired)[] | select(. as $id | $old | violated | index($id))],
  no_longer_repairs: [($old | repaired)[] | select(. as $id | $new | violated | index($id))]} |
if .status == 0 and $old.unknown != null then .status = 2 else . end
