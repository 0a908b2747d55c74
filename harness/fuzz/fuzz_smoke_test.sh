#!/bin/sh
# The fuzz targets start, run their seeds and some mutations of them clean, say no to nonsense, and
# save what they find as a program that replays.
# usage: fuzz_smoke_test.sh DIRECTORY-OF-PROGRAMS     run from the top of the source tree
set -u

bin=$1
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
runs=3000

fail() {
  echo "FAILED: $1"
  tail -n 60 "$work/log"
  exit 1
}

for target in store_type_fuzzer interleaving_fuzzer; do
  "$bin/groupfuzz" convert "corpus/$target" -o "$work/$target" || exit 1
  "$bin/$target" -runs=$runs -seed=1 "-artifact_prefix=$work/" "$work/$target" >"$work/log" 2>&1 ||
    fail "$target found something in its first $runs executions"
  grep -q "^Done $runs" "$work/log" || fail "$target did not run"
  "$bin/$target" --design=v7 -runs=1 >"$work/log" 2>&1
  [ $? = 2 ] && grep -q "unknown design 'v7'" "$work/log" || fail "$target took an unknown design"
  "$bin/$target" --desing=claim-v1 -runs=1 >"$work/log" 2>&1
  [ $? = 2 ] && grep -q 'did you mean --design=?' "$work/log" || fail "$target took a mistyped flag"
done

# What is known of a port is stepped over, and that is said.
"$bin/groupfuzz" convert corpus/known/claim-blocks-a-direct-device.txt -o "$work/known.bin" &&
  "$bin/store_type_fuzzer" --design=v6.4 "$work/known.bin" >"$work/log" 2>&1 ||
  fail 'a known finding is reported'
grep -q '^stepped over [1-9][0-9]* known findings*: I22 x' "$work/log" ||
  fail 'what was stepped over is not said'

"$bin/interleaving_fuzzer" --design=claim-v1 --report-known "-artifact_prefix=$work/" \
  "$work"/interleaving_fuzzer/s01-*.bin >"$work/log" 2>&1 &&
  fail 'interleaving_fuzzer found nothing on claim-v1'
grep -q '^groupfuzz finding: claim-v1 violates ' "$work/log" || fail 'a finding has no headline'
next=$(sed -n 's/^replay: *groupfuzz //p' "$work/log")
[ -n "$next" ] || fail 'a finding does not say what to type next'
# The races of that design are not what is asked about.
TSAN_OPTIONS=report_bugs=0 "$bin/groupfuzz" $next >"$work/log" 2>&1
[ $? = 1 ] || fail 'a saved finding does not replay'
echo 'all passed'
