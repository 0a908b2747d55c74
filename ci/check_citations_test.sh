#!/bin/sh
# ci/check-citations complains of citations of what is not there, and of nothing else.
# usage: check_citations_test.sh    Exit status: 0 passed, 1 failed.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0
fail() {
  echo "FAILED: $*"
  failures=1
}

mkdir "$work/ci" "$work/docs" && cp "$top/ci/check-citations" "$work/ci/" || exit 1
cat >"$work/docs/behaviour.md" <<'END'
<a id="s3.4"></a>
| <a id="s3.4-3"></a>3 | a row |
| <a id="s3.4-4"></a><a id="s3.4-6"></a>4 | two more |
<a id="s2a"></a><a id="s2a-12a"></a><a id="s7"></a><a id="I14"></a><a id="H2"></a>
END
cat >"$work/good.cc" <<'END'
// Source: behaviour 3.4, 2(a) and I14; behaviour 7. The behaviour of 3 things.
// behaviour 3.4 rows 3 to 4 and I14; 2(a) row 12a and 3.4 rows 3, 4 and 6.
{"3.4 row 3: title"}, {"2(a) row 12a: title"}, {"3.4 title"}, {"2(a): title"}
END
printf 'from   H2, behaviour 7\n' >"$work/good.mutants"
printf '[a](docs/behaviour.md#s3.4)\n' >"$work/good.md"
cd "$work" || exit 1
ci/check-citations good.cc good.mutants good.md >out 2>&1 || fail "good ones: $(cat out)"

# bad FILE TEXT CITED
bad() {
  printf '%b\n' "$2" >"$1"
  ci/check-citations "$1" >out 2>&1 && fail "'$2' passes"
  grep -q "^$1:1: .*$3" out || fail "'$2' is not complained of: $(cat out)"
}
bad a.cc '// behaviour 3.5' '3\.5'
bad a.cc '// behaviour 3.4, I14 and I99' 'I99'
bad a.cc '// behaviour 2(a) to 2(g)' '2(g)'
bad a.cc '{"3.4 row 5: x"}' '3\.4 row 5'
bad a.cc '{"3.4 rows 3 and 9: x"}' '3\.4 rows 9'
bad a.cc '// behaviour 3.4 rows 3, 4 and 7' '3\.4 rows 7'
bad a.cc '// behaviour 3.4 rows 3 to 6' '3\.4 rows 5'
bad a.md '// behaviour 3.4 rows 3 and 4 and I99' 'I99'
bad a.cc '{"4.1 x"}' '4\.1'
bad a.mutants 'from   H3' 'H3'
bad a.md '[a](docs/behaviour.md#s9)' 'behaviour.md#s9'

# Without arguments every text is read.
mkdir target harness properties corpus || exit 1
everywhere='README.md HACKING.md CHANGELOG.md docs/more.md corpus/README.md target/a.h harness/a.cc
  properties/a.txt'
for file in $everywhere; do echo 'behaviour I99' >"$file"; done
ci/check-citations >out 2>&1 && fail 'what is nowhere passes everywhere'
for file in $everywhere; do
  grep -q "^$file:1: cites I99" out || fail "$file is not read: $(cat out)"
done
[ $failures = 0 ] && echo "check_citations_test: passed"
exit $failures
