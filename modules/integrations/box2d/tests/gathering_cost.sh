#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Instructions that gathering adds to 300 steps, by callgrind. Usage: gathering_cost.sh PROGRAM
set -euo pipefail
program=${1:?usage: gathering_cost.sh PROGRAM, which is framealloc_box2d_gathering_cost of a release build}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
count() {
  valgrind --tool=callgrind --callgrind-out-file="$folder/out" "$program" "$1" 2>&1 >/dev/null |
    sed -n 's/.*Collected : //p'
}
none=$(count none)
hand=$(($(count hand) - none))
free=$(($(count free) - none))
collector=$(($(count collector) - none))
echo "the steps alone     $none instructions"
for row in "hand-written $hand" "step_with_events $free" "EventCollector $collector"; do
  read -r name instructions <<<"$row"
  printf '%-18s %s more, %d.%03d times the hand-written listener\n' "$name" "$instructions" \
    $((instructions / hand)) $((instructions * 1000 / hand % 1000))
done
# The bound that the module promises.
[ $((free * 100)) -le $((hand * 105)) ] && [ $((collector * 100)) -le $((hand * 105)) ]
