#!/bin/sh
# Ids of properties are never renamed, renumbered or reused: properties/ids.list has exactly those
# of groupfuzz and the retired ones, and every line that it had in any commit git knows of, in the
# order in which they were given.
# usage: ids_test.sh GROUPFUZZ     run from the top of the source tree
# Without git, or in a tree that is no repository, the history is not looked at, which is said.
set -u
groupfuzz=$1
list=properties/ids.list
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failures=0

fail() {
  failures=$((failures + 1))
  echo "FAILED: $*"
}

# lines FILE: those that give an id
lines() { grep -v '^#' "$1"; }

# The ids that were given when the order was first looked at: without git, too.
first=65
first_are='1924437698 233'
ids() { sed -n 's/^\([A-Z][0-9]*\) .*/\1/p'; }
# begins_well: the list on standard input has these ids first, in their order
begins_well() { [ "$(ids | head -n "$first" | cksum)" = "$first_are" ]; }
begins_well <"$list" || fail "the first $first lines of $list are in another order"

lines "$list" | grep -v -E '^[A-Z][0-9]+ +(retired )?[A-Z].*\.$' >"$work/odd" &&
  fail "not understood: $(cat "$work/odd")"
lines "$list" | sed 's/ .*//' | sort >"$work/all"
twice=$(uniq -d "$work/all")
[ -z "$twice" ] || fail "given twice:" $twice

lines "$list" | grep -v -E '^[A-Z][0-9]+ +retired ' | sed 's/ .*//' | sort >"$work/listed"
"$groupfuzz" list properties --format=json |
  jq -r '(.properties, .unchecked)[].property' | sort >"$work/there"
[ -s "$work/there" ] || fail "$groupfuzz lists no property"
new=$(comm -13 "$work/listed" "$work/there")
[ -z "$new" ] || fail "not in $list:" $new
gone=$(comm -23 "$work/listed" "$work/there")
[ -z "$gone" ] || fail "groupfuzz has no longer what $list does not call retired:" $gone

# moved REPOSITORY: commits there whose list is not the beginning of that of now; those that were
# shorter than what begins_well looks at had no order yet
moved() {
  for commit in $(git -C "$1" log --format=%h -- "$list" 2>/dev/null); do
    git -C "$1" show "$commit:$list" | ids >"$work/then"
    [ "$(wc -l <"$work/then")" -ge "$first" ] || continue
    ids <"$1/$list" | head -n "$(wc -l <"$work/then")" | cmp -s - "$work/then" ||
      echo "the order of $commit"
  done
}

# kept REPOSITORY: every line that the list ever had there is in it, as it was or retired, in order
kept() {
  git -C "$1" log -p --format= -- "$list" 2>/dev/null | sed -n 's/^[-+]\([A-Z][0-9]* .*\)/\1/p' |
    sort -u >"$work/ever"
  lines "$1/$list" >"$work/now"
  sed -E 's/^([A-Z][0-9]+ +)retired /\1/' "$work/now" | sort -u >"$work/unmarked"
  sed -E 's/^([A-Z][0-9]+ +)retired /\1/' "$work/ever" | sort -u | comm -23 - "$work/unmarked"
  # What was retired stays so.
  grep -E '^[A-Z][0-9]+ +retired ' "$work/ever" | grep -v -x -F -f "$work/now"
  moved "$1"
}
if git rev-parse --git-dir >/dev/null 2>&1; then
  changed=$(kept .)
  [ -z "$changed" ] || fail "removed or changed since it was given: $changed"
else
  echo 'the history is not looked at: this is no git repository'
fi

# That this sees what it is there for, on a repository of its own.
if command -v git >/dev/null 2>&1; then
  mkdir -p "$work/repository/properties"
  in_copy() { git -C "$work/repository" -c user.name=n -c user.email=e "$@" >/dev/null 2>&1; }
  copy=$work/repository/$list
  lines "$list" >"$copy"
  in_copy init && in_copy add . && in_copy commit -m one || fail 'cannot make a repository'
  in_copy tag one
  # sees SED-SCRIPT WHAT: the list so changed is objected to, committed or not
  sees() {
    lines "$list" | sed -E "$1" >"$copy"
    [ -n "$(kept "$work/repository")" ] || fail "$2 goes unseen"
    in_copy commit -a -m two || fail "cannot commit $2"
    [ -n "$(kept "$work/repository")" ] || fail "$2 goes unseen once it is committed"
    in_copy reset --hard one
  }
  sees '/^I22 /d' 'a line that goes away'
  sees 's/^(I22) .*/\1  Something else./' 'an id with another meaning'
  sees 's/^I22 /I43 /' 'an id that is renumbered'
  sees '/^I21 /{h;d};/^I22 /G' 'a line that changes places'
  sees '/^P4 /{h;d};/^I47 /G' 'a line that comes after one that was given later'
  lines "$list" | sed '/^I21 /{h;d};/^I22 /G' | begins_well && fail 'another order begins well'
  lines "$list" | sed -E 's/^(I22 +)/\1retired /' >"$copy"
  [ -z "$(kept "$work/repository")" ] || fail 'an id cannot be retired'
  in_copy commit -a -m two
  lines "$list" >"$copy"
  [ -n "$(kept "$work/repository")" ] || fail 'a retired id that comes back goes unseen'
fi

[ "$failures" = 0 ] && echo "all passed: $(wc -l <"$work/all") ids" && exit 0
exit 1
