#!/bin/sh
# Expects `groupfuzz compare` to name the property that each planted defect breaks: those scripts of
# corpus/trees/TREE/planted that say "# expect PROPERTY", and what it says of it where they have a
# line "# says TEXT"; and to know nothing of what calls a
# function that nothing stands in for ("# expect unknown"), and nothing new where nothing changed
# ("# expect nothing").
# usage: planted_defects_test.sh GROUPFUZZ DESIGN
#   GROUPFUZZ   with the variants of the trees
#   DESIGN      linux:TREE, whose variants have the defects planted
# Prints a line for each: variant, property, milliseconds, with tabs between.
set -eu
groupfuzz=$1
design=$2

# expect NAME PROPERTY TEXT
expect() {
  variant=$design+$1
  property=$2
  text=$3
  begin=$(date +%s%N)
  status=0
  report=$("$groupfuzz" compare --design "$variant" --format=json) || status=$?
  # Of an empty report jq has nothing to say, and says that it holds.
  [ "$status" = 1 ] || {
    echo "$variant: nothing is found, status $status" >&2
    exit 1
  }
  # holds EXPRESSION WHAT
  holds() {
    printf '%s' "$report" |
      jq -e --arg property "$property" --arg text "$text" "$1" >/dev/null && return
    echo "$variant: $2" >&2
    "$groupfuzz" compare --design "$variant" >&2
    exit 1
  }
  holds 'any(.designs[0].findings[]; . == $property)' "does not violate $property:"
  holds 'any(.showcase.execution.findings[]; .detail | contains($text))' "does not say '$text':"
  holds '.showcase.execution.timeline | length > 0' 'no counterexample is shown:'
  printf '%s\t%s\t%d\n' "$variant" "$property" $((($(date +%s%N) - begin) / 1000000))
}
# expect_nothing NAME
expect_nothing() {
  "$groupfuzz" compare --design "$design+$1" >/dev/null && return
  echo "$design+$1: is no change, and something is found:" >&2
  "$groupfuzz" compare --design "$design+$1" >&2
  exit 1
}
# expect_unknown NAME
expect_unknown() {
  for command in compare 'check --cases 100'; do
    status=0
    # shellcheck disable=SC2086  # a command and its flags
    report=$("$groupfuzz" $command --design "$design+$1" 2>&1) || status=$?
    printf '%s\n' "$report" | grep -q 'iommu\.c:[0-9]*, [a-z_]*(), calls [a-z_]*()' &&
      [ "$status" = 2 ] && continue
    echo "$command, $design+$1: does not name what calls a function without a stand-in," \
      "status $status:" >&2
    printf '%s\n' "$report" >&2
    exit 1
  done
  expect_finding_before_it "$1"
}
# expect_finding_before_it NAME
# What is found before that counts: an untrusted device joins a group that does not translate.
expect_finding_before_it() {
  program=$(mktemp)
  printf '%s\n' 'groupfuzz 1' 'default identity' 'device 0' 'device 1 absent untrusted' 'thread 0' \
    '  add_device 1' '  group_claim 0 A' 'thread 1' '  store_type "auto"' >"$program"
  status=0
  report=$("$groupfuzz" explore --design "$design+$1" "$program") || status=$?
  rm "$program"
  printf '%s\n' "$report" | grep -q 'violates I45' &&
    printf '%s\n' "$report" | grep -q 'is unknown beyond that: iommu\.c:' && [ "$status" = 1 ] &&
    return
  echo "explore, $design+$1: loses what it found, status $status:" >&2
  printf '%s\n' "$report" >&2
  exit 1
}
for script in "$(dirname "$0")/../../corpus/trees/${design#linux:}"/planted/*.sed; do
  property=$(sed -n 's/^# expect //p' "$script")
  text=$(sed -n 's/^# says //p' "$script")
  name=$(basename "$script" .sed)
  case $property in
    '') ;;
    unknown) expect_unknown "$name" ;;
    nothing) expect_nothing "$name" ;;
    *) expect "$name" "$property" "$text" ;;
  esac
done
