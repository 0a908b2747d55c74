#!/bin/sh
# prepare-tree refuses what is no kernel tree with one line, and writes nothing into a tree.
# usage: prepare_tree_test.sh CLANG [TREE]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
clang=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "prepare_tree_test: $*" >&2
  exit 1
}

# refuses FOLDER WORDS
refuses() {
  if "$here/prepare-tree" "$1" "$work/prepared" "$clang" >"$work/out" 2>"$work/error"; then
    fail "$1 is accepted"
  fi
  [ "$(wc -l <"$work/error")" = 1 ] || fail "$1: more than one line: $(cat "$work/error")"
  grep -q "$2" "$work/error" || fail "$1: $(cat "$work/error")"
}

mkdir -p "$work/empty" "$work/half/drivers/iommu"
: >"$work/half/drivers/iommu/iommu.c"
refuses "$work/empty" 'is no kernel tree'
refuses "$work/half" 'is not a whole kernel tree'

mkdir -p "$work/old/drivers/iommu" "$work/old/include/asm-generic" "$work/old/include/linux" \
  "$work/old/lib"
for file in drivers/iommu/iommu.c include/asm-generic/Kbuild include/linux/kconfig.h \
    lib/kobject.c; do
  : >"$work/old/$file"
done
echo 'int iommu_attach_group(void *domain, void *group);' >"$work/old/include/linux/iommu.h"
refuses "$work/old" 'is too old: .*iommu_device_use_default_domain'

[ $# -ge 2 ] || exit 0
mkdir -p "$work/odd/drivers" "$work/odd/include/linux"
ln -s "$2/drivers/iommu" "$work/odd/drivers/iommu"
ln -s "$2/lib" "$work/odd/lib"
for part in "$2"/include/*; do
  [ "${part##*/}" = linux ] || ln -s "$part" "$work/odd/include/"
done
ln -s "$2"/include/linux/* "$work/odd/include/linux/"
rm "$work/odd/include/linux/iommu.h"
{ cat "$2/include/linux/iommu.h"; echo '#include <asm/of_another_time.h>'; } \
  >"$work/odd/include/linux/iommu.h"
refuses "$work/odd" 'need something unknown.*of_another_time'

find "$2" -newer "$work" | head -n 1 | grep -q . && fail "the tree was written to"

# A header of asm-generic in a folder of its own.
ln -sf "$2/include/linux/iommu.h" "$work/odd/include/linux/iommu.h"
rm "$work/odd/include/asm-generic"
cp -r "$2/include/asm-generic" "$work/odd/include/asm-generic"
mkdir -p "$work/odd/include/asm-generic/nested"
echo '#define GF_NESTED 1' >"$work/odd/include/asm-generic/nested/new.h"
echo 'mandatory-y += nested/new.h' >>"$work/odd/include/asm-generic/Kbuild"
"$here/prepare-tree" "$work/odd" "$work/prepared" "$clang" >"$work/out"
grep -q 'asm-generic/nested/new.h' "$work/prepared/asm/nested/new.h" || fail "no nested wrapper"

"$here/prepare-tree" "$2" "$work/prepared" "$clang" | grep -q '^lacks:' || fail "no list of facts"
