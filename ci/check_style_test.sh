#!/bin/sh
# ci/check-style complains of what is planted in a copy of the tree, and of nothing else.
# usage: check_style_test.sh    Exit status: 0 passed, 1 failed.
set -u
top=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failures=0

for part in target harness properties ci cmake docs corpus README.md CMakeLists.txt \
    .clang-format; do
  cp -R "$top/$part" "$work/" || exit 1
done

# plant FILE TEXT COMPLAINT: appends TEXT to FILE of the copy
plant() {
  printf '%b\n' "$2" >>"$work/$1"
  echo "$3" >>"$work/expected"
}
plant target/types/op.h '#include "harness/program/program.h"' \
  'target/types/op.h:.*: an include that points up, from target/types to harness/program'
plant target/types/hash.h '#include <harness/program/program.h>' \
  'target/types/hash.h:.*: an include that points up, from target/types to harness/program'
plant target/kernel/errno.h '// a\ttab' 'target/kernel/errno.h:.*: a tab'
plant harness/report/report.h 'int   badly ;' 'harness/report/report.h:.*formatted'
plant target/linux/kernel/text.c 'int   badly ;' 'target/linux/kernel/text.c:.*formatted'
plant ci/test '# blank at the end ' 'ci/test:.*: a blank at the end'
plant cmake/targets.cmake "$(printf '# %0100d' 0)" 'cmake/targets.cmake:.*: longer than 100 columns'
plant harness/cli/flags.cc "$(awk 'BEGIN { for (i = 0; i < 401; ++i) print "//" }')" \
  'harness/cli/flags.cc:401: more than 400 lines'
printf '// Says nothing.\n' >"$work/target/iommu/silent.h"
echo 'target/iommu/silent.h:1: does not say its thread-safety' >>"$work/expected"
printf 'int number;\n' >"$work/target/iommu/silent_source.cc"
echo 'target/iommu/silent_source.cc:1: does not begin with what it is for' >>"$work/expected"
mkdir "$work/harness/nowhere"
plant harness/nowhere/lost.cc '// Nothing.' 'harness/nowhere/lost.cc:1: its folder is no layer'
for i in $(seq 1 41); do echo '// One of many.' >"$work/target/driver/many$i.h"; done
echo 'target/driver: .* files, more than 40' >>"$work/expected"

"$work/ci/check-style" >"$work/out" 2>&1
status=$?
[ $status = 1 ] || { echo "FAILED: exit status $status instead of 1"; failures=1; }
while IFS= read -r complaint; do
  grep -Eq "$complaint" "$work/out" || { echo "FAILED: no complaint '$complaint'"; failures=1; }
done <"$work/expected"
# A complaint about anything that was not touched.
grep -E '^[^ ]+:' "$work/out" | grep -vE "$(sed 's/:.*//' "$work/expected" | paste -s -d '|')" &&
  failures=1
[ $failures = 0 ] && echo "check_style_test: passed"
exit $failures
