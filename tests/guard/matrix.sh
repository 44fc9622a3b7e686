#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# What a plain build, AddressSanitizer and Valgrind make of the seeded bugs, without and with the
# hooks of the guard mode Poison. Prints the table of docs/guard-modes.md; a column whose program is
# not there is left out.
#   matrix.sh GUARD_BUGS [GUARD_BUGS_BUILT_WITH_ASAN]
set -euo pipefail
plain="$1"
asan="${2:-}"
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT

# Result on standard output: what the run of one case came to. Valgrind's and the sanitizer's own
# verdicts count before the library's.
verdict() {
  local status=0
  timeout 60 "$@" >"$out/stdout" 2>"$out/stderr" || status=$?
  if grep -q 'ERROR: AddressSanitizer: SEGV' "$out/stderr"; then echo crash
  elif grep -q 'ERROR: AddressSanitizer' "$out/stderr"; then echo ASan
  elif grep -q '^==.*Invalid \(read\|write\)\|^==.*uninitialized' "$out/stderr"; then echo Valgrind
  elif [ "$status" -ge 128 ]; then echo crash
  elif grep -q '^REPORT' "$out/stdout"; then grep -m1 '^REPORT' "$out/stdout" | cut -d' ' -f2
  elif [ "$status" -ne 0 ]; then echo "exit $status"
  elif grep -q '^READ pattern' "$out/stdout"; then echo Pattern
  else echo Silent
  fi
}

head='| bug | plain'
line='|---|---'
if [ -n "$asan" ]; then head+=' | ASan | ASan, Poison'; line+='|---|---'; fi
if command -v valgrind >/dev/null; then head+=' | Valgrind | Valgrind, Poison'; line+='|---|---'; fi
echo "$head |"
echo "$line|"
"$plain" --list | while read -r name; do
  row="| $name | $(verdict "$plain" --case "$name" --mode plain)"
  if [ -n "$asan" ]; then
    for mode in plain poison; do
      row+=" | $(ASAN_OPTIONS=detect_leaks=0 verdict "$asan" --case "$name" --mode "$mode")"
    done
  fi
  if command -v valgrind >/dev/null; then
    for mode in plain poison; do
      row+=" | $(verdict valgrind -q --error-exitcode=0 "$plain" --case "$name" --mode "$mode")"
    done
  fi
  echo "$row |"
done
