# What each patch of a series does, from what `groupfuzz compare` and `check` say of each step.
# usage: jq -L ci -s --arg tree NAME --rawfile series SERIES.TSV -f review.jq
# input: what review_parts.jq reads, one of each step that was judged

include "review_parts";

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
 against: null,
 status: (if any($all[]; .brings != []) then 1
          elif any($all[]; .unknown != null or
                   (.not_judged != null and .not_judged != "touches nothing that is built")) then 2
          else 0 end)}
