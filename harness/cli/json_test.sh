#!/bin/sh
# What the commands print with --format=json is what docs/json.md says, key by key and type by type,
# and nothing else is printed with it, also after errors and Ctrl-C.
# usage: json_test.sh DIRECTORY-OF-GROUPFUZZ     run from the top of the source tree
set -u

PATH=$(cd "$1" && pwd):$PATH
top=$PWD
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  failures=$((failures + 1))
  echo "FAILED: $*"
}

# json STATUS FILE COMMAND...: the command ends with STATUS, prints one document and no error
json() {
  status=$1
  file=$2
  shift 2
  "$@" --format=json >"$file" 2>"$work/err" </dev/null
  got=$?
  [ "$got" = "$status" ] || fail "status $got, expected $status: $*"
  [ -s "$work/err" ] && fail "$* says on standard error: $(head -n 1 "$work/err")"
  [ "$(jq -s length "$file" 2>&1)" = 1 ] || fail "$* prints no JSON document"
}

# complaints PAGE COMMAND DOCUMENT...
complaints() {
  page=$1
  command=$2
  shift 2
  jq -r -s --rawfile page "$page" --arg command "$command" -f "$here/json_schema.jq" "$@"
}

# conforms COMMAND DOCUMENT...
conforms() {
  complaints "$top/docs/json.md" "$@" >"$work/complaints" 2>&1 || fail "json_schema.jq: $1"
  [ -s "$work/complaints" ] && fail "$(cat "$work/complaints")"
}

race=corpus/interleaving_fuzzer/s01-stale-test-bind.txt
mkdir "$work/corpus"
cp corpus/interleaving_fuzzer/s0*.txt corpus/known/*.txt "$work/corpus"

json 1 "$work/compare" groupfuzz compare --corpus "$work/corpus" --design claim-v1 \
  --design owner-check --max-executions 2000
json 0 "$work/compare-clean" groupfuzz compare --corpus "$work/corpus" --design owner-check
json 0 "$work/compare-base" groupfuzz compare --corpus "$work/corpus" --base claim-v1 \
  --design owner-check
jq -e '.designs[1] | .baseline == "claim-v1" and any(.gone[]; .property == "I2")' \
  "$work/compare-base" >/dev/null || fail 'compare --base does not say what is gone'
mkdir "$work/one"
cp "$race" corpus/known/write-blocks-a-direct-device.txt "$work/one"
json 1 "$work/compare-others" groupfuzz compare --corpus "$work/one" --base owner-check \
  --design claim-v1 --design locked-claim
conforms compare "$work/compare" "$work/compare-clean" "$work/compare-base" "$work/compare-others"
groupfuzz compare --corpus "$work/corpus" --design owner-check --json-to "$work/beside" \
  >"$work/text"
owner='^owner-check  today exhausted'
cmp -s "$work/beside" "$work/compare-clean" && grep -q "$owner" "$work/text" ||
  fail 'compare --json-to does not write the document beside the text'
json 1 "$work/explore" groupfuzz explore --design claim-v1 --design owner-check "$race"
json 0 "$work/explore-bound" groupfuzz explore --strategy exhaustive --bound 1 "$race"
printf 'groupfuzz 1\nthread 0\n  unbind 0\n' >"$work/refused.txt"
json 0 "$work/explore-refused" groupfuzz explore "$work/refused.txt"
conforms explore "$work/explore" "$work/explore-bound" "$work/explore-refused"
for list in designs properties ops faults known; do
  json 0 "$work/list-$list" groupfuzz list "$list"
done
conforms list "$work"/list-*
cd "$work" || exit 2
json 1 "$work/check" groupfuzz check --design claim-v1 --design owner-check --cases 100 --known I32
cd "$top" || exit 2
conforms check "$work/check"

# The page is compared with: a row less or more, and another type, do not go unseen.
sed '/^| `showcase.source`/d' docs/json.md >"$work/page"
complaints "$work/page" compare "$work/compare" | grep -q 'showcase.source is of type string' ||
  fail 'a key that is not documented goes unseen'
sed 's/^| `showcase.source`/| `showcase.file` | string | x |\n&/' docs/json.md >"$work/page"
complaints "$work/page" compare "$work/compare" | grep -q 'nothing has the key showcase.file' ||
  fail 'a documented key that nothing has goes unseen'
sed 's/^| `bound` | integer or null/| `bound` | integer/' docs/json.md >"$work/page"
complaints "$work/page" explore "$work/explore" | grep -q 'bound is of type null' ||
  fail 'a type that is not documented goes unseen'
sed 's/^This is version 1\./This is version 2./' docs/json.md >"$work/page"
complaints "$work/page" list "$work/list-ops" | grep -q 'is not version 2' ||
  fail 'another version goes unseen'

# The JSON says what the text says.
groupfuzz compare --corpus "$work/corpus" --design claim-v1 --design owner-check \
  --max-executions 2000 >"$work/text"
# says JQ-EXPRESSION FILE: what it gives is in the text
says() {
  jq -r "$1" "$2" >"$work/words"
  [ -s "$work/words" ] || fail "nothing says $1"
  while IFS= read -r words; do
    grep -q -F -e "$words" "$work/text" || fail "the text lacks '$words', which $1 says"
  done <"$work/words"
}
says '.showcase | "\(.design) violates \(.property): \(.execution.ops) ops"' "$work/compare"
says '.showcase.source' "$work/compare"
says '.showcase.execution.findings[] | .property + " "' "$work/compare"
says '.showcase.execution.program | split("\n")[]' "$work/compare"
says '"\(.programs) programs, \(.designs | length) designs, "' "$work/compare"
says '"\([.designs[].executions] | add) exec"' "$work/compare"
says '.designs[] | select(.sampled_programs > 0) | "\(.sampled_programs) on \(.design)"' \
  "$work/compare"
says '.designs[] | select(.design == "owner-check").groups[].verdict' "$work/compare"
groupfuzz explore --design claim-v1 --design owner-check "$race" >"$work/text"
says '.file as $file | .designs[] | select(.verdict).design | $file + ": " + . + ": exhausted: "' \
  "$work/explore"
says '.designs[0] | "violates " + (.violates | join(", "))' "$work/explore"
says '.designs[0] | "in \(.with_findings) of \(.executions + .pruned) executions"' "$work/explore"

# Equal runs, equal bytes.
json 1 "$work/explore-again" groupfuzz explore --design claim-v1 --design owner-check "$race"
cmp -s "$work/explore" "$work/explore-again" || fail 'the same exploration is not the same JSON'

# Errors are no documents.
groupfuzz list ops --format=xml >"$work/out" 2>"$work/err"
[ $? = 2 ] && [ ! -s "$work/out" ] && grep -q "unknown format 'xml'" "$work/err" ||
  fail 'an unknown format'
groupfuzz explore --format=json "$work/missing.txt" >"$work/out" 2>"$work/err"
[ $? = 2 ] && [ ! -s "$work/out" ] && [ "$(wc -l <"$work/err")" = 1 ] || fail 'a missing file'

# Ctrl-C: a whole document, which says so, and neither success nor a finding.
{ echo 'groupfuzz 1'
  for t in 0 1 2 3; do
    printf 'thread %d\n  show_type\n  show_type\n  show_type\n  show_type\n  show_type\n' $t
  done; } >"$work/corpus/long.txt"
# interrupted COMMAND EXPRESSION FLAG...: EXPRESSION is true of the document
interrupted() {
  command=$1
  expression=$2
  shift 2
  groupfuzz "$command" "$@" --format=json >"$work/out" 2>"$work/err" &
  "$here/interrupt.sh" $! || fail "$command does not listen"
  wait $!
  got=$?
  [ "$got" = 130 ] || fail "$command: interrupted, status $got"
  [ "$(jq ".interrupted and ($expression)" "$work/out" 2>&1)" = true ] ||
    fail "$command: interrupted: $(head -c 600 "$work/out")"
}
# What was asked for is in it, also what Ctrl-C left no time for.
interrupted explore '[.designs[].verdict] == ["unknown", "unknown"]' --design owner-check \
  --design v6.12 --strategy exhaustive \
  --max-executions 1000000000 "$work/corpus/long.txt"
mkdir "$work/many"
i=0
while [ $i -lt 200 ]; do
  i=$((i + 1))
  cp "$work/corpus/long.txt" "$work/many/$i.txt"
done
interrupted compare '[.designs[].design] == ["owner-check", "v6.12"] and
  ([.designs[].groups[].verdict] | unique == ["unknown"])' \
  --corpus "$work/many" --design owner-check --design v6.12
interrupted check '[.suites[].verdict] == ["unknown", "unknown", "unknown", "unknown"]' \
  --cases 100000000

[ "$failures" = 0 ] && echo 'all passed' && exit 0
echo "$failures failed"
exit 1
