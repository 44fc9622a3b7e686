#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# usage: tests/aarch64/run.sh [ARGUMENTS OF THE TEST PROGRAM]
# Builds the stress tests for AArch64 at -O2 and runs them under qemu's user emulation, for example
#   tests/aarch64/run.sh --gtest_filter='FrameWorkers.*'
# Not part of CI: it takes long. Emulation on x86-64 executes an instruction's memory accesses in
# order, so it shows that the code for that architecture works (alignment, atomics, page sizes), not
# that a fence is missing.
# Needs the Debian packages g++-aarch64-linux-gnu, qemu-user, libgtest-dev (with the sources of
# GoogleTest in /usr/src/googletest), cmake.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

readonly kMissingPackages=3
root=/usr/aarch64-linux-gnu
for tool in aarch64-linux-gnu-g++ aarch64-linux-gnu-gcc qemu-aarch64 cmake; do
  if ! command -v "$tool" >/dev/null; then
    echo "$0: there is no $tool; see the packages in this file" >&2
    exit "$kMissingPackages"
  fi
done

cross=(-DCMAKE_SYSTEM_NAME=Linux -DCMAKE_SYSTEM_PROCESSOR=aarch64
  -DCMAKE_C_COMPILER=aarch64-linux-gnu-gcc -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++
  -DCMAKE_BUILD_TYPE=Release "-DCMAKE_CXX_FLAGS_RELEASE=-O2 -g1 -DNDEBUG")
jobs=${FRAMEALLOC_JOBS:-$(nproc)}

gtest=$PWD/build/aarch64-gtest
if [ ! -d "$gtest/installed" ]; then
  cmake -S /usr/src/googletest -B "$gtest" "${cross[@]}" -DBUILD_GMOCK=OFF \
    "-DCMAKE_INSTALL_PREFIX=$gtest/installed" -DCMAKE_INSTALL_LIBDIR=lib >/dev/null
  cmake --build "$gtest" --parallel "$jobs" --target install >/dev/null
fi

cmake -S . -B build/aarch64 "${cross[@]}" "-DGTest_DIR=$gtest/installed/lib/cmake/GTest" \
  -DFRAMEALLOC_BUILD_TOOLS=OFF -DFRAMEALLOC_BUILD_MODULES=OFF -DFRAMEALLOC_BUILD_BENCHMARKS=OFF \
  -DFRAMEALLOC_BUILD_EXAMPLES=OFF >/dev/null
cmake --build build/aarch64 --parallel "$jobs" --target framealloc_test_stress
exec qemu-aarch64 -L "$root" build/aarch64/tests/framealloc_test_stress "$@"
