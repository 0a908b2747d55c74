#!/bin/sh
# What ci/nightly says of stored results: in a repository of its own, with each way in which a
# result is nothing to rely on.
# usage: ci/nightly_test.sh
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failures=0

# expect STATUS REGEX: ci/nightly --check ends so, and says so
expect() {
  "$work/ci/nightly" --check >"$work/out" 2>&1
  got=$?
  if [ "$got" != "$1" ] || ! grep -Eq -e "$2" "$work/out"; then
    failures=$((failures + 1))
    echo "FAILED: status $got, expected $1; no line matches '$2':"
    sed 's/^/  | /' "$work/out"
  fi
}

result() {
  printf 'commit   %s\npassed   \ncommand  %s\nstatus   %s\nseconds  1\n> fine\n' "$1" "$2" "$3" \
    >"$work/ci/results/long"
}

commit() { git -C "$work" -c user.name=t -c user.email=t@t commit -q --allow-empty -m "$1"; }

mkdir -p "$work/ci/results"
cp "$here/nightly" "$work/ci/"
printf '# a comment\nlong   sleep 1000 && echo done\n' >"$work/ci/nightly.list"
expect 2 'no git repository'
mv "$work/ci/nightly.list" "$work/list"
expect 2 'there is nothing in ci/nightly.list'
mv "$work/list" "$work/ci/nightly.list"
git -C "$work" init -q
commit first
head=$(git -C "$work" rev-parse HEAD)
expect 1 'long: there is no result; run ci/nightly long'
result "$head" 'sleep 1000 && echo done' 0
expect 0 '1 results, none older than 200 commits'
result "$head" 'sleep 1000 && echo done' 1
expect 0 'long: FAILED with status 1, see ci/results/long'
result '' 'sleep 1000 && echo done' 0
expect 1 'long: the result does not say of which commit it is'
result "$head" 'sleep 1' 0
expect 1 'long: the result is of another command'
result 0123456789012345678901234567890123456789 'sleep 1000 && echo done' 0
expect 1 'which is no commit of this repository'
result "$head" 'sleep 1000 && echo done' 0
for i in $(seq 200); do commit "$i"; done
expect 0 'none older'
commit 201
expect 1 'long: the result is 201 commits old; run ci/nightly long'

[ $failures = 0 ] && echo "ci/nightly: all as expected"
exit $((failures > 0))
