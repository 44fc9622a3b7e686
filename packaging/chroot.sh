#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# chroot.sh packages|newcomer [MIRROR]: in a bare Debian 12 that debootstrap makes (as root),
#   packages   installs the packages of ./dev package and builds the project that strangers copy on them
#   newcomer   runs packaging/newcomer.sh
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/.." && pwd)"
what="${1:-}" mirror="${2:-http://deb.debian.org/debian}"
case "$what" in packages | newcomer) ;; *) echo "chroot.sh packages|newcomer [MIRROR]" >&2; exit 2 ;; esac
bare="$(mktemp -d)"
chmod 755 "$bare"
trap 'umount "$bare/proc" 2>/dev/null; rm -rf --one-file-system "$bare"' EXIT
debootstrap --variant=minbase --include=ca-certificates bookworm "$bare" "$mirror" >"$bare.log" 2>&1 \
  || { tail -n 5 "$bare.log" >&2; exit 1; }
rm -f "$bare.log"
mountpoint -q "$bare/proc" || mount -t proc proc "$bare/proc"  # bash's <(...) needs it
inside() { chroot "$bare" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }
if [ -d /etc/apt/apt.conf.d ]; then cp /etc/apt/apt.conf.d/*proxy* "$bare/etc/apt/apt.conf.d/" 2>/dev/null || true; fi
cp /etc/resolv.conf "$bare/etc/" 2>/dev/null || true
inside apt-get -qq update

if [ "$what" = packages ]; then
  mkdir "$bare/debs" "$bare/game"
  cp "$root"/build/package/packages/*.deb "$bare/debs/"
  inside sh -c 'apt-get -qq install -y --no-install-recommends /debs/*.deb g++ cmake make pkg-config >/dev/null'
  cp "$root"/examples/own_project/* "$bare/game/"
  inside sh -c 'cd /game && cmake -B build -DCMAKE_BUILD_TYPE=Release >/dev/null && cmake --build build >/dev/null
    ./build/my_game >/game/cmake.txt
    c++ -std=c++20 main.cpp $(pkg-config --cflags --libs framealloc) -o by_flags && ./by_flags >/game/flags.txt
    fa explain FA001 >/game/fa.txt'
  for by in cmake flags; do cmp "$bare/game/$by.txt" "$root/examples/expected/01_hello_framealloc.txt"; done
  grep -q frame-closed "$bare/game/fa.txt"
  if ls "$bare"/debs/framealloc-clang_*.deb >/dev/null 2>&1; then
    cat >"$bare/game/stale.cpp" <<'EOF'
#include <framealloc/framealloc.hpp>
int read_late(framealloc::SmartAlloc& alloc) {
  alloc.begin_frame();
  int* const value = alloc.frame_alloc<int>();
  alloc.end_frame();
  return *value;
}
EOF
    inside sh -c 'cd /game && fa check stale.cpp -- -std=c++20' >"$bare/game/check.txt" 2>&1 && code=0 || code=$?
    [ "$code" = 1 ] && grep -q '^error.FA606.' "$bare/game/check.txt" && grep -q 'stale.cpp:6:' "$bare/game/check.txt" || { cat "$bare/game/check.txt" >&2; exit 1; }
    echo "packages: fa check found the stale read (FA606)"
  fi
  echo "packages: installed in a bare Debian, found by CMake and by pkg-config"
else
  inside apt-get -qq install -y --no-install-recommends git >/dev/null
  git clone --quiet "$root" "$bare/framealloc"
  inside /framealloc/packaging/newcomer.sh /framealloc
fi
