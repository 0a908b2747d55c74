# What each patch of a series does, from what `groupfuzz compare` and `check` say of each step.
# usage: jq -s --arg tree NAME --rawfile series SERIES.TSV -f review.jq
# input: {step, compare, check}, one of each step that was judged

def unique_in_order: reduce .[] as $id ([]; if index($id) then . else . + [$id] end);

# What the tree without the series does not show.
def news: (.compare.designs[-1].findings + [.check.suites[].violates[]]) | unique_in_order;

# What it shows, and no program does any more.
def gone: [.compare.designs[-1].gone[] | select(.programs == .of and (.sampled | not)) | .property];

# What was made small of it.
def counterexamples:
  [(.compare | (.showcase, .others[]?) | select(. != null) |
     {design, property, source, program: .execution.program}),
   (.check.suites[] | select(.failure != null) |
     {design, property: .failure.property, source: .failure.file,
      program: .failure.execution.program})] |
  reduce .[] as $one ([]; if any(.[]; .property == $one.property) then . else . + [$one] end);

def unknown:
  .compare.designs[-1] as $row | $row.unsupported //
  ([.check.suites[].unsupported | select(. != null)] | first) //
  if ($row.changed_lines // 0) > 0 and $row.changed_lines_ran == 0
  then "nothing ran of what is changed" else null end;

(map({key: .step, value: .}) | from_entries) as $reports |
[$series | split("\n")[] | select(. != "") | split("\t") |
 {step: .[0], title: .[1], message_id: (if .[2] == "-" then null else .[2] end),
  not_judged: (if .[4] == "-" then null else .[4] end)} |
 $reports[.step] as $report |
 if $report == null then . + {news: null}
 else . + {news: ($report | news), gone: ($report | gone), unknown: ($report | unknown),
           counterexamples: ($report | counterexamples),
           changed: $report.compare.designs[-1].changed} end] as $patches |
# A patch that was not judged leaves everything as it was.
reduce $patches[] as $patch ({before: [], gone: [], patches: []};
  .before as $before | .gone as $gone |
  if $patch.news == null then
    .patches += [$patch + {brings: [], repairs: [], stays: [], unknown: null, changed: null,
      counterexamples: []}]
  else
    .before = $patch.news | .gone = $patch.gone |
    .patches += [$patch + {brings: ($patch.news - $before), repairs: ($patch.gone - $gone),
      stays: ($patch.news - ($patch.news - $before))}]
  end) |
.patches as $all |
{schema: "groupfuzz.review", version: 1, tree: $tree,
 patches: [range(0; $all | length) as $i | $all[$i] |
   {step, title, message_id, not_judged, unknown, changed, repairs, stays,
    brings: [.brings[] as $id |
      {property: $id,
       gone_with: ([$all[$i + 1:][] | select(.news != null and (.news | index($id) | not)) | .step] |
         first)}],
    counterexamples: (if .brings == [] then [] else .counterexamples end)}],
 status: (if any($all[]; .brings != []) then 1
          elif any($all[]; .unknown != null or
                   (.not_judged != null and .not_judged != "touches nothing that is built")) then 2
          else 0 end)}
