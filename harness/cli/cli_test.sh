#!/bin/sh
# The groupfuzz command as its users meet it: exit statuses, error lines, help, examples.
# usage: cli_test.sh DIRECTORY-OF-GROUPFUZZ     run from the top of the source tree
set -u

PATH=$(cd "$1" && pwd):$PATH
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failures=0

# expect STATUS REGEX COMMAND...: the command ends with STATUS, and some line it prints matches.
# With status 2, standard output stays empty and standard error is one line.
expect() {
  status=$1
  pattern=$2
  shift 2
  "$@" >"$work/out" 2>"$work/err" </dev/null
  got=$?
  problem=
  [ "$got" = "$status" ] || problem="status $got, expected $status"
  cat "$work/out" "$work/err" | grep -Eq -e "$pattern" ||
    problem="$problem; no line matches '$pattern'"
  if [ "$status" = 2 ]; then
    [ "$(wc -l <"$work/err")" = 1 ] || problem="$problem; standard error is not one line"
    [ -s "$work/out" ] && problem="$problem; standard output is not empty"
  fi
  if [ -n "$problem" ]; then
    failures=$((failures + 1))
    echo "FAILED: $*"
    echo "  $problem"
    sed 's/^/  | /' "$work/out" "$work/err" | head -n 20
  fi
}

cat >"$work/clean.txt" <<'END'
groupfuzz 1
thread 0
  bind 0
  unbind 0
thread 1
  store_type "identity\n"
END
printf 'groupfuzz 1\nthread 0\n  bnid 0\n' >"$work/typo.txt"
printf 'groupfuzz 1\n' >"$work/no-threads.txt"
{ echo 'groupfuzz 1'; for t in 0 1 2 3 4; do printf 'thread %d\n  show_type\n' $t; done; } \
  >"$work/five-threads.txt"
printf '\377\376\200groupfuzz' >"$work/not-utf8.txt"
: >"$work/empty.bin"
printf 'grupfuzz 1\nthread 0\n' >"$work/typo"
printf '\357\273\277groupfuzz 1\nthread 0\n' >"$work/marked"
head -c 3000000 /dev/zero >"$work/huge.bin"
printf '\377\000\052\201groupfuzz\377' >"$work/random.bin"
mkdir "$work/empty"

# What a search for the first counterexample saw counts where a limit ends the rest.
expect 1 'violates .* \(in [1-9][0-9]* of [0-9]+ executions tried\)' groupfuzz explore \
  --design claim-v1 --max-executions 3 corpus/interleaving_fuzzer/s01-stale-test-bind.txt

# Output that nobody gets is no success, and neither is a program that nobody could keep.
for command in --help --version 'list designs' 'explain I1' "run $work/clean.txt" \
  "convert $work/clean.txt" "explore $work/clean.txt" 'check --cases 3'; do
  expect 2 '^groupfuzz: standard output: (No space left on device|cannot be written)$' \
    sh -c "exec groupfuzz $command >/dev/full"
  expect 2 'standard output: ' sh -c "exec groupfuzz $command >&-"
done
mkdir "$work/full"
ln -s /dev/full "$work/full/findings"
here=$(pwd)
cd "$work/full" || exit 2
expect 1 'could not be saved: the program above' groupfuzz check --design claim-v1 --cases 50
expect 2 '^groupfuzz: ' groupfuzz check --cases 3 --seeds-to findings
expect 2 '^groupfuzz: ' groupfuzz check --cases 3 --save findings
cd "$here" || exit 2

# What is printed to be typed can be.
cp "$work/clean.txt" "$work/my race.txt"
expect 0 "^next: groupfuzz explore '.*/my race.txt'$" groupfuzz run "$work/my race.txt"
expect 0 '^-: owner-check: sampled' sh -c "groupfuzz run - <'$work/clean.txt'"
mkfifo "$work/pipe.txt"
expect 2 'pipe.txt: is no regular file' groupfuzz run "$work/pipe.txt"
# A bound that leaves nothing out is the last one.
expect 0 'sampled: ' timeout 20 \
  groupfuzz explore --strategy preemption --bound 2147483647 "$work/clean.txt"

# Help.
expect 0 'usage: groupfuzz COMMAND' groupfuzz --help
expect 0 'usage: groupfuzz COMMAND' groupfuzz help
expect 0 '^groupfuzz [0-9]{4}-[0-9]{2}-[0-9]{2}[+]?$' groupfuzz --version
for command in run explore compare minimize explain check mutants export convert list; do
  expect 0 "^groupfuzz $command" groupfuzz "$command" --help
  expect 0 '^example:' groupfuzz help "$command"
  example=$(groupfuzz "$command" --help |
    awk '/^example:/ { on = 1; next } on { print }' | tr -d '\n')
  # The examples write next to the sources: let them write to the scratch folder instead.
  example=$(echo "$example" | sed "s|-o |-o $work/|; s|--html |--html $work/|")
  case "$command" in compare) example="$example --max-executions 50" ;; esac
  (eval "$example") >"$work/out" 2>&1
  [ $? -lt 2 ] || { failures=$((failures + 1)); echo "FAILED: example: $example"; cat "$work/out"; }
done

# Wrong usage.
expect 2 "unknown command 'frob'; see" groupfuzz frob
expect 2 "unknown command 'expolre'; did you mean explore\?" groupfuzz expolre
expect 2 'unknown flag --desing; did you mean --design\?' \
  groupfuzz run --desing=v6.4 "$work/clean.txt"
expect 2 "unknown design 'claimv1'; did you mean claim-v1\?" groupfuzz run --design claimv1 \
  "$work/clean.txt"
expect 2 'flag --seed is given twice' groupfuzz check --seed 1 --seed 2
expect 2 'flag --design has an empty value' groupfuzz run --design '' "$work/clean.txt"
expect 2 'takes no --seed' groupfuzz explore --seed 1 "$work/clean.txt"
expect 2 '--bound -5' groupfuzz explore --strategy exhaustive --bound -5 "$work/clean.txt"
expect 2 '--nightly chooses a seed' groupfuzz check --nightly --seed 1
expect 2 "unknown property 'I99'" groupfuzz check --known I99
for params in seed=abc seed= max_success=-1 reproduce=abc garbage nosuch=1; do
  expect 2 '^groupfuzz: RC_PARAMS: ' env RC_PARAMS="$params" groupfuzz check --cases 3
done
expect 0 'sequential on owner-check: sampled; 3 sequences, .* seed 5$' \
  env RC_PARAMS='seed=5 max_success=3' groupfuzz check
expect 2 'unknown flag --frob' groupfuzz run --frob "$work/clean.txt"
expect 2 'unknown flag --property' groupfuzz run --property I1 "$work/clean.txt"
expect 2 'unknown flag ---' groupfuzz run --- "$work/clean.txt"
expect 2 'flag --bound needs a value' groupfuzz explore "$work/clean.txt" --bound
expect 2 "flag --bound: bad value 'many'" groupfuzz explore --bound many "$work/clean.txt"
expect 2 "unknown strategy 'magic'" groupfuzz explore --strategy magic "$work/clean.txt"
expect 2 'takes no --bound' groupfuzz explore --strategy random --bound 1 "$work/clean.txt"
expect 2 "unknown design 'v7'" groupfuzz run --design v7 "$work/clean.txt"
expect 2 "unknown property 'I99'" groupfuzz minimize --property I99 "$work/clean.txt"
expect 2 'violates no property with the program.s own schedule' groupfuzz minimize "$work/clean.txt"
expect 2 "cannot list 'planets'" groupfuzz list planets
expect 2 'missing argument' groupfuzz run
expect 2 'unexpected argument' groupfuzz explore "$work/clean.txt" "$work/clean.txt"
expect 2 "cannot convert to 'pdf'" groupfuzz convert --to pdf "$work/clean.txt"

# Bad input.
expect 2 'missing.txt: No such file' groupfuzz run "$work/missing.txt"
expect 2 'is a folder' groupfuzz run "$work"
expect 2 'typo.txt:3:3: ' groupfuzz run "$work/typo.txt"
expect 2 'no-threads.txt:' groupfuzz run "$work/no-threads.txt"
expect 2 'five-threads.txt:' groupfuzz run "$work/five-threads.txt"
expect 2 'not-utf8.txt:1:1: ' groupfuzz run "$work/not-utf8.txt"
expect 2 "typo:1:1: found 'grupfuzz'" groupfuzz run "$work/typo"
expect 2 'marked:1:1: ' groupfuzz run "$work/marked"
expect 2 'README.md:3:1: ' groupfuzz explore README.md
expect 2 'empty.bin: is empty; --from=bytes' groupfuzz run "$work/empty.bin"
expect 2 'random.bin: is no program; --from=bytes' groupfuzz run "$work/random.bin"
expect 2 "cannot read from 'pdf'" groupfuzz run --from pdf "$work/clean.txt"
expect 2 'huge.bin: larger than' groupfuzz run "$work/huge.bin"
expect 2 'holds no program' groupfuzz compare --corpus "$work/empty"
expect 2 'No such file' groupfuzz compare --corpus "$work/missing"
expect 2 'x.json: No such file or directory' groupfuzz compare --json-to "$work/missing/x.json"
expect 2 'x.bin: No such file or directory' \
  groupfuzz convert "$work/clean.txt" -o "$work/missing/x.bin"

# Programs.
expect 0 'owner-check: sampled: this schedule only' groupfuzz run "$work/clean.txt"
expect 0 'cnt owner default' groupfuzz run --trace "$work/clean.txt"
expect 0 'owner-check: sampled: this schedule only' groupfuzz run --from bytes "$work/empty.bin"
expect 0 'owner-check: sampled: this schedule only' groupfuzz run --from bytes "$work/random.bin"
expect 0 'exhausted: ' groupfuzz explore "$work/clean.txt"
expect 0 'exhausted: [0-9]+ of [0-9]+ interleavings' \
  groupfuzz explore --strategy exhaustive "$work/clean.txt"
expect 0 'sampled: ' groupfuzz explore --strategy exhaustive --bound 1 "$work/clean.txt"
expect 0 'sampled: 7 interleavings' \
  groupfuzz explore --strategy random --max-executions 7 "$work/clean.txt"
expect 0 'sampled: ' groupfuzz explore --strategy preemption "$work/clean.txt"
s1=corpus/interleaving_fuzzer/s01-stale-test-bind.txt
expect 1 '^next: groupfuzz minimize --design claim-v1 --property I32 ' \
  groupfuzz explore --design claim-v1 "$s1"
expect 1 '^I2 .* \(1 preemption\)$' groupfuzz explore --design claim-v1 "$s1"
expect 1 '>>> I2: ' groupfuzz explore --design claim-v1 --property I2 "$s1"
expect 1 '^to see one: groupfuzz explore --design claim-v1 --property I1 ' \
  groupfuzz explore --design claim-v1 "$s1"
expect 2 "unknown property 'I99'" groupfuzz explore --property I99 "$s1"
expect 1 '^claim-v1 violates I2: ' groupfuzz compare --design owner-check --design claim-v1 \
  --corpus corpus/interleaving_fuzzer --max-executions 50
sed -n 1p "$work/out" | grep -q '^claim-v1 violates I2' ||
  { failures=$((failures + 1)); echo 'FAILED: compare begins with something else'; }
expect 1 '>>> I2: ' \
  groupfuzz explore --design claim-v1 --property I2 --html "$work/s1.html" "$s1"
grep -q '<title>claim-v1: violates .*I2</title>' "$work/s1.html" ||
  { failures=$((failures + 1)); echo 'FAILED: explore writes no page'; }
expect 0 'owner-check' groupfuzz run --html "$work/run.html" "$work/clean.txt"
expect 0 'owner-check' groupfuzz explain --html "$work/explain.html" "$work/clean.txt"
cmp -s "$work/run.html" "$work/explain.html" ||
  { failures=$((failures + 1)); echo 'FAILED: run and explain write different pages'; }
expect 1 'I2' groupfuzz run --design claim-v1 --svg "$work/s1.svg" --html "$work/both.html" \
  corpus/known/domain-replaced-under-a-bound-driver.txt
grep -q '<title id="title">claim-v1: violates .*I2</title>' "$work/s1.svg" &&
  grep -q '<title>claim-v1: violates .*I2</title>' "$work/both.html" ||
  { failures=$((failures + 1)); echo 'FAILED: run writes no picture beside the page'; }
mkdir "$work/two"
cp "$s1" corpus/known/write-blocks-a-direct-device.txt "$work/two"
for page in table again; do
  expect 1 '^claim-v1 violates I2: ' groupfuzz compare --corpus "$work/two" --design claim-v1 \
    --design owner-check --html "$work/$page.html" --svg "$work/$page.svg"
done
grep -q '<title>Comparison of 2 designs</title>' "$work/table.html" &&
  grep -q 'href="#claim-v1-I2"' "$work/table.html" &&
  grep -q '<div id="claim-v1-I2"' "$work/table.html" ||
  { failures=$((failures + 1)); echo 'FAILED: compare writes no page of the comparison'; }
cmp -s "$work/table.html" "$work/again.html" && cmp -s "$work/table.svg" "$work/again.svg" ||
  { failures=$((failures + 1)); echo 'FAILED: equal comparisons, other pages'; }
# The page of a review: what each patch does, and the counterexamples, which are run again.
review=harness/cli/review_example.json
groupfuzz page "$review" --html "$work/review.html" ||
  { failures=$((failures + 1)); echo 'FAILED: no page of a review'; }
for words in 'patch-1: Change &lt;it&gt;' '<div id="patch-1-I2"' 'f(): 7 did not' \
  'not judged: touches nothing' 'unlock group-&gt;mutex' '<dt id="rule-I22"' \
  '>v2 repairs <a href="#rule-I2"' '>v2 keeps <a href="#rule-I33"' '<div id="against-I33"' \
  'whether v1 shows <a href="#rule-I8"' 'does not compile: &lt;it&gt;' '<dt id="rule-I21"'; do
  grep -q -F -e "$words" "$work/review.html" ||
    { failures=$((failures + 1)); echo "FAILED: the page of a review lacks $words"; }
done
links=$(grep -o 'href="#[^"]*' "$work/review.html" | cut -d '#' -f 2 | sort -u)
[ -n "$links" ] || { failures=$((failures + 1)); echo 'FAILED: a review without links'; }
for link in $links; do
  [ "$(grep -o " id=\"$link\"" "$work/review.html" | wc -l)" = 1 ] ||
    { failures=$((failures + 1)); echo "FAILED: the page of a review has not one $link"; }
done
expect 2 'html says where' groupfuzz page "$review"
# Answers to its patches: to that which brings something.
mkdir "$work/patches"
echo '[PATCH v2 1/3] Change <it>' >"$work/patches/patch-1.subject"
printf -- '--- a/x.c\n+++ b/x.c\n@@ -1,2 +1,2 @@\n-old\n+first\n same\n--- a/%s\n+++ b/%s\n%s\n' \
  drivers/iommu/iommu.c drivers/iommu/iommu.c "@@ -5 +5,2 @@ f()
-two
+second
+more" >"$work/patches/patch-1.patch"
expect 0 '/0001-change-it.mail$' \
  groupfuzz page "$review" --mail "$work/mails" --patches "$work/patches"
[ "$(ls "$work/mails")" = 0001-change-it.mail ] ||
  { failures=$((failures + 1)); echo 'FAILED: mails to patches that bring nothing'; }
head -n 10 "$work/mails/0001-change-it.mail" >"$work/out"
printf '%s\n' 'Subject: Re: [PATCH v2 1/3] Change <it>' 'In-Reply-To: <a@b>' 'References: <a@b>' \
  '' '> --- a/drivers/iommu/iommu.c' '> +++ b/drivers/iommu/iommu.c' '> @@ -5 +5,2 @@ f()' \
  '> -two' '> +second' '> +more' | cmp -s - "$work/out" ||
  { failures=$((failures + 1)); echo 'FAILED: the head of a mail'; cat "$work/out"; }
for words in 'The rule (I2): ' 'Patch 2/3 takes I2 away again.' 'rules broken, too: I8.' \
  'ci/review series.mbox --linux '; do
  grep -q -F -e "$words" "$work/mails/0001-change-it.mail" ||
    { failures=$((failures + 1)); echo "FAILED: the mail of a review lacks $words"; }
done
expect 2 'mail and --patches go together' groupfuzz page "$review" --mail "$work/mails"
expect 2 'patch-1.patch: No such file' \
  groupfuzz page "$review" --mail "$work/mails" --patches "$work/empty"
expect 2 'is no review; see docs/json.md' groupfuzz page README.md --html "$work/x.html"
sed 's/"claim-v1"/"nobody"/' "$review" >"$work/nobody.json"
expect 2 "has no design 'nobody'" groupfuzz page "$work/nobody.json" --html "$work/x.html"
expect 2 'svg works on one --design and one program' \
  groupfuzz run --svg "$work/two.svg" "$work/clean.txt" "$work/clean.txt"
expect 0 'none.html: empty, there is nothing to show' \
  groupfuzz explore --html "$work/none.html" "$work/clean.txt"
expect 2 'html works on one --design and one program' \
  groupfuzz run --html "$work/two.html" "$work/clean.txt" "$work/clean.txt"
expect 2 'no/such/page.html' groupfuzz run --html "$work/no/such/page.html" "$work/clean.txt"
expect 2 '--max-seconds -1' groupfuzz explore --max-seconds -1 "$s1"
expect 0 'does not violate I1$' groupfuzz minimize --property I1 "$work/clean.txt"

# Minimizing: text, bytes, and a crash file of a fuzz target give the same program.
race=corpus/interleaving_fuzzer/s01-stale-test-bind-three-threads.txt
expect 1 '1-minimal: none of [0-9]+ programs' \
  groupfuzz minimize --design claim-v1 --property I2 -o "$work/small.txt" "$race"
groupfuzz convert "$race" -o "$work/crash-0123abcd"
expect 1 'I2 in store_type' \
  groupfuzz minimize --design claim-v1 --property I2 -o "$work/small2.txt" "$work/crash-0123abcd"
cmp -s "$work/small.txt" "$work/small2.txt" ||
  { failures=$((failures + 1)); echo 'FAILED: text and bytes minimize to different programs'; }
[ "$(grep -c '^  ' "$work/small.txt")" -le 4 ] ||
  { failures=$((failures + 1)); echo 'FAILED: more than 4 ops are left'; }
expect 1 'who runs when \(1 preemption\)' groupfuzz explain --design claim-v1 "$work/small.txt"
expect 0 '^TEST\(Groupfuzz_claim_v1, Violates_' \
  groupfuzz export --to=gtest --design claim-v1 "$work/small.txt"
tree=$(groupfuzz list designs | sed -n 's/^\(linux:[^ ]*\).*/\1/p' | head -n 1)
[ -z "$tree" ] ||
  expect 2 'is in no package' groupfuzz export --to=gtest --design "$tree" "$work/small.txt"
expect 2 'to=gtest, text or bytes is missing' groupfuzz export "$work/small.txt"
expect 2 "cannot export to 'html'" groupfuzz export --to=html "$work/small.txt"

# A finding as a mail.
central=corpus/known/domain-replaced-under-a-bound-driver.txt
expect 1 '^The rule \(I2\): No driver' groupfuzz explain --to=mail --design claim-v1 "$central"
cp "$work/out" "$work/mail"
expect 1 '^    build/release/bin/groupfuzz explain --design claim-v1 race.txt$' \
  groupfuzz explain --to mail --design claim-v1 "$central"
cmp -s "$work/out" "$work/mail" ||
  { failures=$((failures + 1)); echo 'FAILED: equal executions, other mails'; }
# What is in it is the program.
sed -n '/^The program/,/^To see it/s/^    //p' "$work/mail" >"$work/race.txt"
expect 1 '^I2 ' groupfuzz explain --design claim-v1 "$work/race.txt"
expect 1 'what is wrong' groupfuzz explain --to=text --design claim-v1 "$central"
expect 0 'breaks no rule under its own schedule, no mail$' \
  groupfuzz explain --to=mail "$work/clean.txt"
expect 2 'to=mail takes no --html' \
  groupfuzz explain --to=mail --html "$work/x.html" --design claim-v1 "$central"
expect 2 'to=mail takes no --trace' groupfuzz explain --to=mail --trace "$central"
expect 2 'to=mail works on one --design' \
  groupfuzz explain --to=mail --design claim-v1 --design v6.4 "$central"
expect 2 'to=mail is of a program' groupfuzz explain --to=mail I22
expect 2 "cannot explain to 'html'; expected --to=text or mail" \
  groupfuzz explain --to=html "$central"

# The property suites: seeds, sizes, what they leave behind.
top=$PWD
cd "$work" || exit 2
expect 0 'sequential on owner-check: sampled; 50 sequences, .* seed 7$' \
  env RC_PARAMS='seed=7 max_success=50' groupfuzz check
expect 0 'sampled; 30 histories, .* seed [0-9]+$' groupfuzz check --nightly --cases 30
expect 1 '^replay:   groupfuzz run --design claim-v1 saved/claim-v1-' \
  groupfuzz check --design claim-v1 --cases 200 --save saved --seeds-to seeds
cd "$top" || exit 2
[ -s "$(find "$work/saved" -name 'claim-v1-*.txt' | head -n 1)" ] && [ -d "$work/seeds" ] ||
  { failures=$((failures + 1)); echo 'FAILED: check leaves no program'; }

# Ctrl-C: what was done so far is kept and told.
{ echo 'groupfuzz 1'
  for t in 0 1 2 3; do
    printf 'thread %d\n  show_type\n  show_type\n  show_type\n  show_type\n  show_type\n' $t
  done; } >"$work/long.txt"
expect 0 'sampled: ' groupfuzz explore --strategy exhaustive --max-seconds 3 "$work/long.txt"
groupfuzz explore --strategy exhaustive "$work/long.txt" --max-executions 1000000000 \
  >"$work/out" 2>&1 &
harness/cli/interrupt.sh $!
wait $!
status=$?
[ $status = 130 ] && grep -q 'interrupted; so far' "$work/out" && grep -q 'unknown: ' "$work/out" ||
  { failures=$((failures + 1)); echo 'FAILED: interrupted explore'; cat "$work/out"; }

# ... and the smallest program so far.
{ echo 'groupfuzz 1'
  for t in 0 1 2 3; do
    printf 'thread %d\n' $t
    for _ in 1 2 3 4 5; do printf '  store_type "identity"\n  bind 0\n  unbind 0\n'; done
  done; } >"$work/long_race.txt"
# A counterexample is there long before the search for everything ends.
groupfuzz explore --design claim-v1 "$work/long_race.txt" >"$work/out" 2>&1 &
search=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
  grep -q '^next: ' "$work/out" && break
  grep -q 'shortest counterexample (0 preemptions)' "$work/out" && early=yes && break
  sleep 0.5
done
harness/cli/interrupt.sh $search
wait $search
[ "${early-}" = yes ] && grep -q 'interrupted; so far' "$work/out" ||
  { failures=$((failures + 1)); echo 'FAILED: no counterexample first'; cat "$work/out"; }
groupfuzz minimize --design claim-v1 --property I35 -o "$work/so_far.txt" "$work/long_race.txt" \
  >"$work/out" 2>&1 &
harness/cli/interrupt.sh $!
wait $!
status=$?
[ $status = 130 ] && grep -q 'interrupted; so far' "$work/out" && [ -s "$work/so_far.txt" ] ||
  { failures=$((failures + 1)); echo "FAILED: interrupted minimize, $status"; cat "$work/out"; }
expect 1 'I35 in bind with store_type: 2 ops' \
  groupfuzz minimize --design claim-v1 --property I35 "$work/so_far.txt"
expect 2 "no violation of I36 in 10 executions" \
  groupfuzz minimize --property I36 --max-executions 10 "$work/long_race.txt"

# The two forms of a program.
groupfuzz convert "$work/clean.txt" -o "$work/clean.bin" &&
  groupfuzz convert "$work/clean.bin" -o "$work/again.txt" &&
  groupfuzz convert --to bytes "$work/again.txt" -o "$work/again.bin"
cmp -s "$work/clean.bin" "$work/again.bin" ||
  { failures=$((failures + 1)); echo 'FAILED: conversion is not the identity'; }
expect 0 'store_type "identity' groupfuzz convert "$work/clean.bin"

# Properties, by their ids.
expect 0 '^I22  A device' groupfuzz explain I22
expect 0 '^I22  A device' groupfuzz explain i22
expect 0 'checked: in every execution, by properties/invariants/' groupfuzz explain X2
expect 0 'checked: by nothing: no event says' groupfuzz explain I29
expect 2 "unknown property 'I99'; the nearest is I[0-9]+; see" groupfuzz explain I99
expect 2 "unknown property 'w7'; the nearest is W1; see" groupfuzz explain w7
for id in $(groupfuzz list properties | grep -o -E '^[A-Z][0-9]+'); do
  expect 0 "^$id +[A-Z]" groupfuzz explain "$id"
done
cp "$work/clean.txt" "$work/a1"
cd "$work" || exit 2
expect 0 '^a1 on owner-check' groupfuzz explain a1
cd "$top" || exit 2

# Lists.
expect 0 '^owner-check ' groupfuzz list designs
expect 0 '^I1 ' groupfuzz list properties
expect 0 '^store_type ' groupfuzz list ops
expect 0 '^attach ' groupfuzz list faults
expect 0 'defect at iommu.c:415 iommu_release_device\(\), repaired by' groupfuzz list known
expect 0 '^  W1 .* on device-lock$' groupfuzz list known
expect 2 'or known' groupfuzz list unknown

[ "$failures" = 0 ] && echo 'all passed' && exit 0
echo "$failures failed"
exit 1
