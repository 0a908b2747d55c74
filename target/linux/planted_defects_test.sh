#!/bin/sh
# Expects `groupfuzz compare` to name the property that each planted defect breaks: those scripts of
# corpus/trees/TREE/planted that say "# expect PROPERTY".
# usage: planted_defects_test.sh GROUPFUZZ DESIGN
#   GROUPFUZZ   with the variants of the trees
#   DESIGN      linux:TREE, whose variants have the defects planted
set -eu
groupfuzz=$1
design=$2

# expect NAME PROPERTY
expect() {
  begin=$(date +%s%N)
  report=$("$groupfuzz" compare --design "$design+$1") || true
  echo "$report" | sed '/^$/q' | grep -q -w "$2" || {
    echo "$design+$1 does not violate $2:" >&2
    echo "$report" >&2
    exit 1
  }
  echo "$report" | grep -q '^ step what' || {
    echo "$design+$1: no counterexample is shown" >&2
    exit 1
  }
  echo "$design+$1 violates $2, found in $((($(date +%s%N) - begin) / 1000000)) ms"
}
for script in "$(dirname "$0")/../../corpus/trees/${design#linux:}"/planted/*.sed; do
  property=$(sed -n 's/^# expect //p' "$script")
  [ -z "$property" ] || expect "$(basename "$script" .sed)" "$property"
done
