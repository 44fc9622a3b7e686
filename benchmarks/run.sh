#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Runs the benchmarks: checks that every row does equal work, counts instructions, measures, prints
# the tables and the targets, and writes bench.json, bench.md and bench.svg beside the program.
#
# usage: run.sh [--check] [--quick] [--no-instructions] [--publish] [options of framealloc_bench]
#   --check            only whether every row does equal work, in a few seconds
#   --quick            under two minutes; the full run takes under twelve on two cores
#   --no-instructions  leave callgrind out
#   --publish          also put the tables and the plot into benchmarks/results.md and results.svg
# Environment: FRAMEALLOC_BUILD_DIR (default build/release), FRAMEALLOC_JOBS (compile jobs).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
build=${FRAMEALLOC_BUILD_DIR:-build/release}
instructions=1 publish=0 check=0
arguments=()
for argument in "$@"; do
  case $argument in
    --help | -h) sed -n '3,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    --check) check=1 ;;
    --no-instructions) instructions=0 ;;
    --publish) publish=1 ;;
    *) arguments+=("$argument") ;;
  esac
done

if [ ! -f "$build/CMakeCache.txt" ]; then
  echo "run.sh: $build is not configured: cmake --preset release" >&2
  exit 1
fi
cmake --build "$build" --target framealloc_bench --parallel "${FRAMEALLOC_JOBS:-$(nproc)}" >&2
bench=$build/benchmarks/framealloc_bench
out=$build/benchmarks

echo "== equal work?" >&2
"$bench" --self-check >"$out/self_check.txt" || { cat "$out/self_check.txt"; exit 1; }
tail -n 1 "$out/self_check.txt"
[ "$check" = 0 ] || exit 0

if [ "$instructions" = 1 ] && command -v valgrind >/dev/null; then
  echo "== counting instructions" >&2
  benchmarks/instructions.sh --bench "$bench" >"$out/instructions.tsv"
  arguments+=(--instructions "$out/instructions.tsv")
elif [ "$instructions" = 1 ]; then
  echo "left out: instructions per operation: install the package valgrind" >&2
fi

echo "== measuring" >&2
note=$(git describe --always --dirty 2>/dev/null || true)
"$bench" --note "$note" --benchmark_out="$out/bench.json" --benchmark_out_format=json \
  --table "$out/bench.md" --svg "$out/bench.svg" "${arguments[@]}"
if [ "$publish" = 1 ]; then
  cp "$out/bench.svg" benchmarks/results.svg
  {
    printf '# Results of one run\n\nWritten by ./dev bench --publish; README.md says how to read it.\n\n'
    cat "$out/bench.md"
    printf '\n![times of the main workloads](results.svg)\n'
  } >benchmarks/results.md
fi
echo "written: $out/bench.json $out/bench.md $out/bench.svg"
