#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# What each guard mode and each part that watches costs on the demo: the median frame time on
# framealloc as a multiple of the same game without it. Every round runs every mode once, so that a
# machine whose speed drifts slows all alike, and the smallest median of a mode counts. The first mode
# stands there twice: how far its second row is from 1.00 is the noise.
# Prints the table of docs/guard-modes.md.
#   demo_cost.sh FA_DEMO [ROUNDS [FRAMES]]
set -euo pipefail
demo="$1" rounds="${2:-5}" frames="${3:-400}"
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
readonly kModes=(off off-again poison pages behavior snapshots)

# Result on standard output: the median frame of one run, in nanoseconds.
median_of() {
  local guard=off
  local -a more=()
  case "$1" in
    poison | pages) guard="$1" ;;
    behavior) more=(--behavior) ;;
    snapshots) more=(--snapshots "$out/snapshots") ;;
  esac
  FRAMEALLOC_GUARD="$guard" "$demo" --only framealloc --no-trace --quiet --json \
    --warm-up 120 --frames "$frames" "${more[@]}" >"$out/run.json"
  # With one side only the first "p50" is that side's whole frame.
  grep -m1 -o '"p50": *[0-9.]*' "$out/run.json" | grep -o '[0-9.]*$'
}

for ((round = 1; round <= rounds; ++round)); do
  for mode in "${kModes[@]}"; do
    echo "round $round of $rounds: $mode" >&2
    median="$(median_of "$mode")"  # by itself, so that a run that failed ends the script
    echo "$mode $median" >>"$out/medians"
  done
done
echo '| mode | median frame | ratio |'
echo '|---|---|---|'
awk -v order="${kModes[*]}" '
  !($1 in best) || $2 < best[$1] { best[$1] = $2 }
  END {
    count = split(order, mode, " ")
    for (i = 1; i <= count; ++i)
      printf "| `%s` | %.0f us | %.2f |\n", mode[i], best[mode[i]] / 1000, best[mode[i]] / best[mode[1]]
  }' "$out/medians"
