#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# What the headers cost a program that includes them: processor time of `g++ -fsyntax-only` for a unit with
# the usual standard headers, and what core.hpp and framealloc.hpp add to it. The units take turns, so that
# whatever else the machine does meets all of them; medians.
#
#   benchmarks/compile.sh [ROUNDS]      15 by default; CXX names another compiler
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds="${1:-15}"
compiler="${CXX:-g++}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

usual="algorithm array atomic cstddef cstdint functional memory optional span string string_view
  type_traits unordered_map utility vector"
units=(usual core framealloc)
for unit in "${units[@]}"; do
  {
    for header in $usual; do echo "#include <$header>"; done
    [ "$unit" = usual ] || echo "#include <framealloc/$unit.hpp>"
  } > "$work/$unit.cpp"
  : > "$work/$unit.times"
done

TIMEFORMAT='%U %S'
for ((round = 0; round < rounds; ++round)); do
  for unit in "${units[@]}"; do
    { time "$compiler" -std=c++20 -fsyntax-only -Iinclude "$work/$unit.cpp"; } 2>&1 |
      awk 'END { print $1 + $2 }' >> "$work/$unit.times"
  done
done

median() { sort -n "$work/$1.times" | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)] }'; }
base="$(median usual)"
printf '%-32s %8s %8s %7s\n' "$compiler -fsyntax-only" "seconds" "adds" "ratio"
printf '%-32s %8.3f\n' "the usual standard headers" "$base"
for unit in core framealloc; do
  awk -v unit="<framealloc/$unit.hpp>" -v time="$(median "$unit")" -v base="$base" \
    'BEGIN { printf "%-32s %8.3f %8.3f %6.2fx\n", unit, time, time - base, time / base }'
done
