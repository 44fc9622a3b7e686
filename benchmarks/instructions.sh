#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Prints instructions per operation of each row, counted by callgrind: the same every time, whatever
# else the machine does. One line per row: WORKLOAD/PEER, tab, instructions per operation.
#
# usage: instructions.sh [--bench FILE] [--workload PART|all] [--peer PART|all] [--rounds N]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bench=${FRAMEALLOC_BENCH:-$root/build/release/benchmarks/framealloc_bench}
workload=all peer=all rounds=10
while [ $# -gt 0 ]; do
  case $1 in
    --bench) bench=$2; shift 2 ;;
    --workload) workload=$2; shift 2 ;;
    --peer) peer=$2; shift 2 ;;
    --rounds) rounds=$2; shift 2 ;;
    --help|-h) sed -n '3,7s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "instructions.sh: unknown argument $1" >&2; exit 2 ;;
  esac
done
[ -x "$bench" ] || { echo "instructions.sh: no program $bench: build the target framealloc_bench" >&2; exit 1; }
command -v valgrind >/dev/null || { echo "instructions.sh: valgrind is missing: install the package valgrind" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The program cannot restart itself under valgrind, so the loader's switch is set here.
GLIBC_TUNABLES=glibc.rtld.optional_static_tls=65536 \
valgrind --tool=callgrind --instr-atstart=no --collect-atstart=no --combine-dumps=no \
  --callgrind-out-file="$work/out" "$bench" --instr "$workload" "$peer" "$rounds" \
  >"$work/operations" 2>"$work/log" || { tail -n 20 "$work/log" >&2; exit 1; }
grep '^left out' "$work/log" >&2 || true

# A dump names its row in "desc: Trigger: Client Request: NAME" and its sum in "summary: N" or
# "totals: N".
awk -F'\t' '
  FILENAME ~ /operations$/ { operations[$1] = $2; order[++rows] = $1; next }
  /^desc: Trigger: Client Request: / { sub(/^desc: Trigger: Client Request: /, ""); name = $0 }
  /^(summary|totals): / { split($0, word, " "); count[name] = word[2] }
  END {
    for (i = 1; i <= rows; ++i) {
      name = order[i]
      if (name in count) printf "%s\t%.2f\n", name, count[name] / operations[name]
    }
  }' "$work/operations" "$work"/out.*
