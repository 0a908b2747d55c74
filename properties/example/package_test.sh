#!/bin/sh
# Installs groupfuzz, and builds and runs the example project against what was installed: it passes,
# and with its planted bug it fails, with a minimal counterexample that replays; with its planted
# race it is told the line.
# usage: package_test.sh BUILD-FOLDER COMPILER
set -u
build=$1
compiler=$2
example=$(cd "$(dirname "$0")" && pwd) || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

die() {
  echo "package_test: $*" >&2
  [ -f "$work/log" ] && tail -n 40 "$work/log" >&2
  exit 1
}

# in_example FOLDER FLAG...: configures and builds the example in $work/FOLDER
in_example() {
  folder=$work/$1
  shift
  { cmake -G Ninja -S "$example" -B "$folder" -DCMAKE_BUILD_TYPE=Release \
      -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_PREFIX_PATH="$work/prefix" "$@" &&
      cmake --build "$folder"; } >"$work/log" 2>&1 || die "the example does not build"
}

cmake --install "$build" --prefix "$work/prefix" >"$work/log" 2>&1 || die 'cannot install'
in_example good
# The includes of projects that were written before headers moved.
printf '#include "properties/suite.h"\n#include "target/port_system.h"\n' >"$work/moved.cc"
"$compiler" -std=c++20 -fsyntax-only -I"$work/prefix/include/groupfuzz" "$work/moved.cc" \
  >"$work/log" 2>&1 || die 'a header that moved is not found in its old place'
ctest --test-dir "$work/good" --output-on-failure >"$work/log" 2>&1 || die 'a good design fails'

# What an edit of the protocol costs, to the verdict of all suites.
rm -f "$work/good/CMakeFiles/my_design_test.dir/my_design.cc.o"
start=$(date +%s%N)
cmake --build "$work/good" --target my_design_test >"$work/log" 2>&1 || die 'no build after an edit'
"$work/good/my_design_test" >"$work/log" 2>&1 || die 'a good design fails after an edit'
echo "package_test: an edit costs $((($(date +%s%N) - start) / 1000000)) ms"

# With the compiler that a distribution has; libFuzzer needs Clang.
if command -v g++ >/dev/null; then
  in_example gcc -DCMAKE_CXX_COMPILER=g++
  ctest --test-dir "$work/gcc" --output-on-failure >"$work/log" 2>&1 ||
    die 'g++: a good design fails'
fi

in_example bad -DPLANTED_BUG=ON
cd "$work/bad" || exit 2
./my_design_test >"$work/log" 2>&1 && die 'the suites miss the planted bug'
grep -q '^1-minimal: ' "$work/log" || die 'the counterexample is not minimal'
command=$(sed -n 's/^replay:   //p' "$work/log" | head -n 1)
file=${command##* }
[ "$(grep -c "^  [a-z]" "$file")" -le 2 ] || die "more than two ops are left: $(cat "$file")"
i=0
while [ $i -lt 100 ]; do
  $command >"$work/replay" 2>&1
  [ $? = 1 ] || die 'the counterexample does not replay'
  i=$((i + 1))
done
./my_design_test explain --design my-design "$file" >"$work/log" 2>&1
grep -q 'what is wrong' "$work/log" || die 'explain says nothing'
if [ -x my_design_fuzzer ]; then
  ./my_design_fuzzer --design=my-design -seed=1 -runs=1000000 >"$work/log" 2>&1 &&
    die 'the fuzz target misses the planted bug'
  ./my_design_test minimize --design my-design crash-* >"$work/small" 2>"$work/log"
  [ $? = 1 ] || die 'the crash file does not minimize'
  [ "$(grep -c "^  [a-z]" "$work/small")" -le 3 ] ||
    die "the crash is not minimal: $(cat "$work/small")"
fi

in_example race -DPLANTED_RACE=ON
cd "$work/race" || exit 2
./my_design_test >"$work/log" 2>&1 && die 'the suites miss the planted race'
line=$(sed -n '/group.owner_cnt != 0) return -EPERM/{=;q;}' "$example/my_design.cc")
grep -q "owner_cnt is read without group->mutex at my_design.cc:$line\$" "$work/log" ||
  die "the race is not told with its line, $line"
echo 'package_test: passed'
