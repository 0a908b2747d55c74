#!/bin/sh
# Runs the blocks of HACKING.md that are marked "<!-- run -->", each as one script, from the top of
# the tree; a block fails where one of its commands does.
# usage: ci/hacking_test.sh [--nightly]     --nightly: those marked "<!-- nightly -->" instead
# Exit status: 0 all succeeded, 1 one failed, 2 there is no such block.
set -u
cd "$(dirname "$0")/.." || exit 2
mark=run
case "${1-}" in
  '') ;;
  --nightly) mark=nightly ;;
  -h | --help) sed -n '2,5s/^# //p' "$0"; exit 0 ;;
  *) echo "ci/hacking_test.sh: unknown argument '$1'" >&2; exit 2 ;;
esac
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

awk -v mark="<!-- $mark -->" -v work="$work" '
  $0 == mark { wanted = 1; next }
  wanted && /^```sh$/ { file = sprintf("%s/%02d.sh", work, ++blocks); print "set -e" >file; next }
  file != "" && /^```$/ { close(file); file = ""; wanted = 0; next }
  file != "" { print >file }
' HACKING.md
set -- "$work"/*.sh
[ -f "$1" ] || { echo "ci/hacking_test.sh: HACKING.md has no block marked '$mark'" >&2; exit 2; }
for block; do
  if sh -x "$block" >"$work/out" 2>&1; then continue; fi
  echo "FAILED: a block of HACKING.md:"
  cat "$work/out"
  exit 1
done
echo "hacking_test: $# blocks"
