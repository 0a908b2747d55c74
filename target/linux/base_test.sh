#!/bin/sh
# Expects `groupfuzz compare --base` to say of a changed tree what is new in it, what is gone, and
# which of its changed lines ran.
# usage: base_test.sh GROUPFUZZ DESIGN
#   GROUPFUZZ   with the variants of the trees
#   DESIGN      linux:TREE, whose variants have defects planted, or repaired
set -u
groupfuzz=$1
design=$2
report=$(mktemp) || exit 2
trap 'rm -f "$report"' EXIT

# expect STATUS BASE DESIGN EXPRESSION: what jq is asked of the last design
expect() {
  "$groupfuzz" compare --base "$2" --design "$3" --json-to "$report" >"$report.text" 2>&1
  status=$?
  jq -e ".designs[-1] | $4" "$report" >/dev/null && [ "$status" = "$1" ] && return
  echo "compare --base $2 --design $3: status $status, expected $1, and that $4" >&2
  cat "$report.text" >&2
  exit 1
}

expect 1 "$design" "$design+kept-mutex" \
  '.findings == ["I47"] and .changed_lines == 1 and .changed_lines_ran == 1'
expect 0 "$design" "$design+test-under-mutex" \
  '.findings == [] and any(.gone[]; .property == "I44" and .programs == .of)'
# A known defect that was repaired comes back: not known of the base.
expect 1 "$design+test-under-mutex" "$design" 'any(.findings[]; . == "I44")'
expect 2 "$design" "$design+never-called" \
  '.changed == "0 of 1 changed line ran; report_iommu_fault() was never called: " +
    (.changed | split(": ")[1]) and all(.groups[]; .verdict == "unknown" or .violates != [])'
grep -q '^groupfuzz: unknown: .*: nothing ran of what is changed$' "$report.text" || {
  echo 'a change that did not run is not told as unknown:' >&2
  cat "$report.text" >&2
  exit 1
}
rm -f "$report.text"
