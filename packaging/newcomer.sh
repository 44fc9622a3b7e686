#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# newcomer.sh [REPOSITORY]: does what the README and Getting Started say, to the letter, as somebody would who has
# nothing: a clone, an empty home, the commands and programs cut out of the documents. It fails when a step does not do
# what the text says, or takes longer than the five minutes of the README (FRAMEALLOC_PATIENCE: another number of
# seconds, for a machine that is busy). packaging/chroot.sh runs it in a bare Debian.
set -euo pipefail
source="$(cd "${1:-$(dirname "${BASH_SOURCE[0]}")/..}" && pwd)"
patience="${FRAMEALLOC_PATIENCE:-300}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export HOME="$work/home"
mkdir "$HOME"
start=$SECONDS

step() { printf '== %4d s  %s\n' $((SECONDS - start)) "$*"; }
fail() { printf 'newcomer: %s\n' "$*" >&2; exit 1; }
# command FILE PATTERN: the first console line of the document that begins so, without prompt and comment.
command_of() {
  local line
  line="$(grep -m 1 -E "^\\$ $2" "$1" | sed -e 's/^\$ //' -e 's/  *#.*$//')" || true
  [ -n "$line" ] || fail "$1 has no command '$2'"
  printf '%s' "$line"
}
# program FILE N: the N-th whole C++ program of the document.
program() {
  awk -v n="$2" '/^```cpp$/ { inside = 1; text = ""; next }
    inside && /^```$/ { inside = 0; if (text ~ /int main/ && ++k == n) printf "%s", text; next }
    inside { text = text $0 "\n" }' "$1"
}
# put LINE: the command with the prefix of this run for the word PREFIX.
put() { sed "s#\\bPREFIX\\b#$work/prefix#g" <<<"$1"; }
expect() { grep -qE -- "$2" "$1" || { cat "$1" >&2; fail "the program did not print '$2'"; }; }

git clone --quiet "$source" "$work/framealloc"
cd "$work/framealloc"
step "cloned"

line="$(command_of README.md './dev install PREFIX')"
eval "$(put "$line")"
step "README: $line"

mkdir "$work/game"
cp examples/own_project/CMakeLists.txt "$work/game"
program docs/guides/getting-started.md 1 >"$work/game/main.cpp"
[ -s "$work/game/main.cpp" ] || fail "Getting started has no program"
line="$(command_of README.md 'cmake -B build')"
(cd "$work/game" && eval "$(put "$line")" && cmake --build build) >"$work/cmake.log" 2>&1 \
  || { cat "$work/cmake.log" >&2; fail "README: $line"; }
"$work/game/build/my_game" >"$work/out.txt"
expect "$work/out.txt" '^100 hits$'
first=$((SECONDS - start))
step "README: $line; the program of Getting started runs"

program README.md 1 >"$work/game/game.cpp"
line="$(command_of README.md 'c\+\+ -std')"
(cd "$work/game" && export PKG_CONFIG_PATH="$work/prefix/lib/pkgconfig" && eval "$line") \
  || fail "README: $line"
"$work/game/a.out" >"$work/out.txt"
expect "$work/out.txt" '^physics: [1-9][0-9]* bytes of frame memory'
step "README: $line"

# Getting started, 6 and 7: a leak is named by type and line in a build without NDEBUG; guard mode Pages is switched on.
FRAMEALLOC_GUARD=pages "$work/game/build/my_game" >"$work/out.txt" || fail "FRAMEALLOC_GUARD=pages"
expect "$work/out.txt" '^100 hits$'
step "Getting started: FRAMEALLOC_GUARD=pages"
"$work/prefix/bin/fa" explain FA001 >"$work/out.txt"
expect "$work/out.txt" 'frame-closed'
step "fa explain FA001"

[ "$first" -le "$patience" ] || fail "the first program took $first s, the README says five minutes"
echo "newcomer: from clone to the first program $first s"
