#!/bin/sh
# What ci/review makes of series of patches: which mails are patches, in which order, what does not
# apply; and, with the reports of the steps, what each patch brings, repairs and leaves.
# usage: review_test.sh [--nightly]     --nightly: also reviews whole series, on 6.1 and 6.12
# Exit status: 0 passed, 1 failed.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0
tab=$(printf '\t')
fail() {
  failures=$((failures + 1))
  echo "FAILED: $*"
}

# mail SUBJECT PATCH [HEADER]: one mail of a mailbox
mail() {
  printf 'From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\n'
  printf 'From: A <a@example.org>\nDate: Mon, 1 Jan 2024 00:00:00 +0000\nSubject: %s\n' "$1"
  id=$(echo "$1" | cksum | cut -d ' ' -f 1)@example.org
  printf '%s\n\nWhy.\n---\n' "${3:-Message-ID: <$id>}"
  cat "$2"
  printf -- '-- \n2.39.5\n\n'
}

# difference OLD NEW NAME: what git would print, for the file NAME of a tree
difference() {
  printf 'diff --git a/%s b/%s\n' "$3" "$3"
  diff -u --label "a/$3" --label "b/$3" "$1" "$2"
}

# Which mails are patches.
core=drivers/iommu/iommu.c
mkdir -p "$work/tree/drivers/iommu" "$work/tree/include/linux"
seq 1 40 >"$work/tree/$core"
seq 1 40 >"$work/tree/include/linux/iommu.h"
sed 's/^10$/ten/' "$work/tree/$core" >"$work/one"
sed 's/^30$/thirty/' "$work/one" >"$work/two"
sed 's/^20$/twenty/' "$work/tree/include/linux/iommu.h" >"$work/header"
difference "$work/tree/$core" "$work/one" $core >"$work/one.patch"
difference "$work/one" "$work/two" $core >"$work/two.patch"
difference "$work/tree/include/linux/iommu.h" "$work/header" include/linux/iommu.h >"$work/h.patch"
difference /dev/null "$work/one" Documentation/iommu.rst >"$work/docs.patch"
echo 'Text alone.' >"$work/cover"
{
  mail '[PATCH v2 0/4] A series' "$work/cover"
  mail '[PATCH v2 2/4] iommu: Two' "$work/two.patch"
  mail 'Re: [PATCH v2 1/4] iommu: One' "$work/one.patch"
  mail '[PATCH v2 1/4] iommu: One' "$work/one.patch" 'Message-ID: <one@example.org>'
  mail '[PATCH v2 4/4] iommu: Header' "$work/h.patch"
  mail '[PATCH v2 3/4] Documentation: Words' "$work/docs.patch"
} >"$work/series.mbox"
# steps SERIES: series.tsv of it, in $work/out
steps() {
  rm -rf "$work/out"
  target/linux/apply-series "$work/tree" "$1" "$work/out" || fail "apply-series $1"
}
# row STEP FIELDS: of series.tsv, from the second, with | for a tab
row() {
  got=$(sed -n "s/^$1$tab//p" "$work/out/series.tsv" | tr '\t' '|')
  [ "$got" = "$2" ] || fail "$1 is '$got', expected '$2'"
}
steps "$work/series.mbox"
row patch-1 "iommu: One|<one@example.org>|$core |-"
row patch-3 "Documentation: Words|$(grep -A1 'Subject: .*Words' "$work/series.mbox" |
  sed -n 's/Message-ID: //p')|-|touches nothing that is built"
[ "$(cut -f 1 "$work/out/series.tsv" | tr '\n' ' ')" = 'patch-1 patch-2 patch-3 patch-4 ' ] ||
  fail 'not four steps'
cmp -s "$work/one" "$work/out/patch-1/$core" && cmp -s "$work/two" "$work/out/patch-2/$core" ||
  fail 'the steps are not what the patches make'
[ ! -e "$work/out/patch-2/include" ] || fail 'a step that changes iommu.c alone has headers'
cmp -s "$work/header" "$work/out/patch-4/include/linux/iommu.h" &&
  cmp -s "$work/two" "$work/out/patch-4/$core" || fail 'a step with a header is not whole'
[ "$(seq 1 40 | cksum)" = "$(cksum <"$work/tree/$core")" ] || fail 'the tree was written to'
[ "$(cat "$work/out/patch-1.subject")" = '[PATCH v2 1/4] iommu: One' ] ||
  fail "an answer would have the subject $(cat "$work/out/patch-1.subject")"
gzip -c "$work/series.mbox" >"$work/series.mbox.gz"
cp "$work/out/series.tsv" "$work/expected"
steps "$work/series.mbox.gz"
cmp -s "$work/out/series.tsv" "$work/expected" || fail 'a packed mailbox is not the same'
mkdir "$work/folder"
mail '[PATCH] iommu: One' "$work/one.patch" >"$work/folder/0001.patch"
mail '[PATCH] iommu: Again' "$work/one.patch" >"$work/folder/0002.patch"
mail '[PATCH] iommu: Two' "$work/two.patch" >"$work/folder/0003.patch"
steps "$work/folder"
case "$(sed -n 2p "$work/out/series.tsv" | cut -f 1,5)" in
  "patch-2${tab}does not apply: $core:"*) ;;
  *) fail "what does not apply is not told: $(cat "$work/out/series.tsv")" ;;
esac
row patch-3 "iommu: Two|<$(echo '[PATCH] iommu: Two' | cksum |
  cut -d ' ' -f 1)@example.org>|$core |needs 2/3, which does not apply"
# A mail that lost some of its lines is no patch that touches nothing.
rm "$work/folder"/*
{ mail '[PATCH] iommu: Cut' "$work/one.patch"; } | sed '/^+ten$/d' >"$work/folder/0001.patch"
steps "$work/folder"
case "$(cut -f 5 "$work/out/series.tsv")" in
  'does not apply: corrupt patch at line '*) ;;
  *) fail "a cut patch is not told: $(cat "$work/out/series.tsv")" ;;
esac
target/linux/apply-series "$work/tree" "$work/cover" "$work/out2" >/dev/null 2>"$work/err" &&
  fail 'a text without a patch is a series'

# What each patch brings.
properties='[{"properties": [{"property": "I2", "statement": "Of owners."}]}]'
# report STEP NEWS GONE RAN: of a step
report() {
  jq -n --arg step "$1" --arg news "$2" --arg gone "$3" --argjson ran "$4" '
    {step: $step,
     compare: {designs: [{findings: ($news | split(" ")), changed_lines: 2, changed_lines_ran: $ran,
       changed: "\($ran) of 2 changed lines ran", unsupported: null,
       gone: [$gone | split(" ")[] | {property: ., programs: 1, of: 1, sampled: false}]}]},
     programs: {}, check: {suites: [{violates: [], unsupported: null, failure: null}]}}'
}
text() {
  jq -r --argjson properties "$properties" -f ci/review_text.jq "$work/verdict" >"$work/text" ||
    fail 'no text'
}
# verdict EXPRESSION REPORT...: of a series of three, the third of which touches nothing
verdict() {
  expression=$1
  shift
  printf 'patch-1\tOne\t-\tf\t-\npatch-2\tTwo\t-\tf\t-\npatch-3\tDocs\t-\t-\t%s\n' \
    'touches nothing that is built' >"$work/series.tsv"
  cat "$@" | jq -L ci -s --arg tree linux:t --rawfile series "$work/series.tsv" -f ci/review.jq \
    >"$work/verdict"
  jq -e "$expression" "$work/verdict" >/dev/null ||
    fail "not so: $expression: $(cat "$work/verdict")"
  text
}
report patch-1 'I2 I8' '' 2 >"$work/r1"
report patch-2 'I8' 'I21' 1 >"$work/r2"
verdict '.status == 1 and .patches[0].brings == [{"property": "I2", "gone_with": "patch-2"},
  {"property": "I8", "gone_with": null}] and .patches[1].brings == [] and
  .patches[1].repairs == ["I21"]' "$work/r1" "$work/r2"
grep -q 'brings I2 (gone again with 2/3), I8$' "$work/text" || fail "text: $(cat "$work/text")"
jq '. + {compare: (.compare + {showcase: {design: "linux:patch-1", property: "I2", source: "a.txt",
  execution: {program: "groupfuzz 1"}}})}' "$work/r1" >"$work/shown"
verdict '.patches[0].counterexamples == [{"design": "linux:patch-1", "property": "I2",
  "source": "a.txt", "suite": null, "program": "groupfuzz 1"}] and
  .patches[1].counterexamples == [] and
  .patches[1].stays == ["I8"]' "$work/shown" "$work/r2"
# What it makes is what docs/json.md says, which the example has all of.
schema=harness/cli/json_schema.jq
for document in "$work/verdict" harness/cli/review_example.json; do
  jq -r -s --rawfile page docs/json.md --arg command review -f $schema "$document" \
    harness/cli/review_example.json >"$work/complaints" 2>&1
  [ ! -s "$work/complaints" ] || fail "$(cat "$work/complaints")"
done
report patch-1 '' '' 2 >"$work/r1"
report patch-2 '' '' 2 >"$work/r2"
verdict '.status == 0' "$work/r1" "$work/r2"
report patch-2 '' '' 0 >"$work/r2"
verdict '.status == 2 and .patches[1].unknown == "nothing ran of what is changed"' \
  "$work/r1" "$work/r2"

# What a series does beside another: of patch-2, the last that is built, and of series-v1.
# beside EXPRESSION OLD NEW STATUS [REPLAY]: of the reports OLD and NEW, which was why not to judge
beside() {
  printf 'patch-1\tOne\t-\tf\t-\npatch-2\tTwo\t-\tf\t%s\npatch-3\tDocs\t-\t-\t%s\n' "$4" \
    'touches nothing that is built' >"$work/series.tsv"
  printf 'patch-1\tOld\t-\tf\t-\n' >"$work/against.tsv"
  cat "$2" "$3" >"$work/reports.json"
  echo "${5-}" >"$work/replay"
  jq -L ci -s --arg tree linux:t --rawfile series "$work/series.tsv" -f ci/review.jq \
    "$work/reports.json" >"$work/alone"
  jq -L ci --slurpfile reports "$work/reports.json" --slurpfile replay "$work/replay" \
    --rawfile series "$work/series.tsv" --rawfile against "$work/against.tsv" \
    --arg other series-v1 --arg names "$(printf 'v1\nv2')" -f ci/review_against.jq "$work/alone" \
    >"$work/verdict"
  jq -e "$1" "$work/verdict" >/dev/null || fail "not so: $1: $(cat "$work/verdict")"
  text
}
# shown STEP FILE:ID... : a report of a step that shows ID by FILE
shown() {
  step=$1
  shift
  echo "$*" | jq -R --arg step "$step" '
    split(" ") | map(split(":") | {file: .[0], id: .[1]}) as $all |
    {step: $step, programs: {},
     compare: {showcase: ($all[0] | {design: "linux:\($step)", property: .id, source: .file,
         execution: {program: "groupfuzz 1", findings: ($all | map({property: .id}))}}),
       designs: [{design: "linux:\($step)", findings: ($all | map(.id) | unique), gone: [],
       violations: ($all | group_by(.id) | map({property: .[0].id,
         programs: map({file, stepped_over: false})})), sampled: [],
       changed_lines: 2, changed_lines_ran: 2, changed: "all ran", unsupported: null}]},
     check: {suites: [{violates: [], unsupported: null, failure: null}]}}'
}
words() {
  tr '\n' ' ' <"$work/text" | tr -s ' ' | grep -q -F -e "$1" || fail "no '$1': $(cat "$work/text")"
}
shown series-v1 a:I2 b:I33 >"$work/r1"
shown patch-2 b:I33 c:I15 >"$work/r2"
beside '[.against.findings[] | [.property, .what, .counterexample.design]] ==
  [["I2", "repairs", "linux:series-v1"], ["I33", "keeps", "linux:patch-2"],
   ["I15", "brings", "linux:patch-2"]]' "$work/r1" "$work/r2" -
words 'v2 repairs I2; keeps I33; brings I15'
words 'I2: Of owners.'
words 'I33: programs/patch-2-I33.txt from b'
# What nobody knows is not repaired.
jq '.compare.designs[0].sampled = ["a"]' "$work/r2" >"$work/unsure"
unknown='.against.findings[0] | .what == "unknown" and .unknown_of == "v2" and'
beside "$unknown .why == \"not every interleaving of a was tried\"" "$work/r1" "$work/unsure" -
words 'unknown whether v2 shows I2: not every interleaving of a was tried'
jq '.compare.designs[0].changed_lines_ran = 0' "$work/r2" >"$work/unsure"
beside "$unknown (.why | startswith(\"nothing ran\"))" "$work/r1" "$work/unsure" -
beside "$unknown .why == \"2/3 does not compile: f\"" "$work/r1" "$work/r2" 'does not compile: f'
jq '.compare.designs[0].unsupported = "a trap"' "$work/r1" >"$work/unsure"
beside '.against.findings[2] | .what == "unknown" and .unknown_of == "v1" and .why == "a trap"' \
  "$work/unsure" "$work/r2" -
# What only a suite found is looked for on the other one by its program.
shown series-v1 b:I33 | jq '.programs = {"p": "groupfuzz 1"} |
  .check.suites[0] |= (.suite = "text" | .design = "linux:series-v1" | .violates = ["I21", "I2"] |
    .failure = {property: "I2", file: "q",
  execution: {program: "groupfuzz 1"}, also_violated: [{property: "I21", file: "p"}]})' >"$work/r1"
ran() {
  jq -n --argjson new "$1" '{designs: [{design: "linux:series-v1", sampled: [], unsupported: null,
    violations: [{property: "I21", programs: [{file: "p", stepped_over: false}]},
      {property: "I2", programs: [{file: "q", stepped_over: false}]}]},
    {design: "linux:patch-2", sampled: [], unsupported: null, violations: $new}]}'
}
beside '[.against.findings[] | select(.property == ("I2", "I21")).what] ==
  ["repairs", "repairs"] and any(.against.findings[].counterexample;
    .suite == "text" and .source == "p")' \
  "$work/r1" "$work/r2" - "$(ran '[]')"
beside '[.against.findings[] | select(.property == ("I2", "I21")).what] == ["keeps", "repairs"]' \
  "$work/r1" "$work/r2" - \
  "$(ran '[{"property": "I21", "programs": [{"file": "p", "stepped_over": false}]}]')"
# Another program of the suites that shows it there is no matter.
beside '[.against.findings[] | select(.property == "I2").what] == ["repairs"]' \
  "$work/r1" "$work/r2" - "$(ran '[]' | jq '.designs[0].violations[1].programs += [{file: "x",
    stepped_over: false}] | .designs[1].sampled = ["x"]')"
beside '[.against.findings[] | select(.property == "I2").what] == ["unknown"]' \
  "$work/r1" "$work/r2" -

old=
# Whole series: made here, as patches have text of the kernel in them.
# series TREE SCRIPT...: a mailbox of one patch for each sed script
series() {
  tree=$1
  shift
  cp "$tree/$core" "$work/now.c"
  number=0
  for script; do
    number=$((number + 1))
    sed -f "$script" "$work/now.c" >"$work/next.c"
    difference "$work/now.c" "$work/next.c" $core >"$work/now.patch"
    mail "[PATCH $number/$#] $(basename "$script" .sed)" "$work/now.patch"
    mv "$work/next.c" "$work/now.c"
  done
}
# review STATUS EXPRESSION TREE SCRIPT...     $old: a mailbox that it is against, or empty
review() {
  status=$1
  expression=$2
  tree=$(ci/linux-tree "$3") || exit 1
  shift 3
  series "$tree" "$@" >"$work/whole.mbox"
  # shellcheck disable=SC2086  # a flag and its value
  ci/review "$work/whole.mbox" --linux "$tree" --out "$work/review" --format=json \
    --html "$work/review.html" ${old:+--against "$old"} ${mails:+"$mails"} \
    >"$work/verdict" 2>"$work/err"
  got=$?
  [ "$got" = "$status" ] && jq -e "$expression" "$work/verdict" >/dev/null && return
  fail "status $got, expected $status and $expression: $(cat "$work/verdict" "$work/err")"
}
# check_mail FILE: of the founding series
check_mail() {
  [ $# = 1 ] && [ -f "$1" ] || { fail "not one mail: $*"; return; }
  id=$(sed -n 's/^Message-ID: //p' "$work/whole.mbox")
  [ "$(sed -n '1,3p' "$1")" = "Subject: Re: [PATCH 1/1] claim-around-the-change
In-Reply-To: $id
References: $id" ] || fail "headers: $(head -n 4 "$1")"
  grep '^> @@' "$1" | cut -c 3- | grep -q -x -F -f - "$work/whole.mbox" ||
    fail "the hunk is none of the patch: $(cat "$1")"
  grep -q '^CPU0  *CPU1$' "$1" && grep -q '^The rule (' "$1" || fail "mail: $(cat "$1")"
  sed -e 1,3d -e '/^>/d' "$1" | grep -E '.{77}' && fail 'a line of the mail is too long'
}
if [ "${1-}" = --nightly ]; then
  planted=corpus/trees/linux-source-6.12/planted
  repairs=corpus/trees/linux-source-6.12/repairs
  mails=--mail=$work/mails
  review 1 '[.patches[0].brings[].property] | index("I1") and index("I2") and index("I8")' \
    6.1 ci/series/claim-around-the-change.sed
  mails=
  check_mail "$work"/mails/*.mail
  review 0 'all(.patches[]; .brings == []) and (.patches[0].repairs | index("I44"))' \
    6.12 $repairs/test-under-mutex.sed $planted/guarded-read.sed
  review 1 '[.patches[].brings[].property] == ["I47"]' \
    6.12 $repairs/test-under-mutex.sed $planted/kept-mutex.sed
  review 2 '.patches[0].unknown != null' 6.12 $planted/never-called.sed
  # Both versions leave a device out of a rollback; the first one keeps the mutex, too.
  series "$(ci/linux-tree 6.12)" $planted/skipped.sed $planted/kept-mutex.sed >"$work/v1.mbox"
  old=$work/v1.mbox
  review 1 '.against.unknown == null and
    ([.against.findings[] | select(.property == ("I16", "I47")) | [.property, .what]] | sort) ==
    [["I16", "keeps"], ["I47", "repairs"]]' 6.12 $planted/skipped.sed
fi

[ $failures = 0 ] || {
  echo "$failures failed"
  exit 1
}
