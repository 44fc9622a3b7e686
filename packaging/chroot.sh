#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# chroot.sh packages|newcomer|all|bare [MIRROR]: in a bare Debian 12 that debootstrap makes (as root),
#   newcomer   runs packaging/newcomer.sh
#   packages   installs the packages of ./dev package and builds the project that strangers copy on them
#   all        both, one after the other, in the same one
#   bare       nothing yet: it is made in the empty folder FRAMEALLOC_BARE, where the others then find it (and
#              remove it), so that it can be made while the packages are built
# Exit codes: 0, 2 (wrong usage), 75 (no bare Debian can be made here: not root, or the mirror does not answer), else 1.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/.." && pwd)"
what="${1:-}" mirror="${2:-http://deb.debian.org/debian}"
case "$what" in
  packages | newcomer | all) ;;
  bare) [ -n "${FRAMEALLOC_BARE:-}" ] || { echo "chroot.sh bare: FRAMEALLOC_BARE names no folder" >&2; exit 2; } ;;
  *) echo "chroot.sh packages|newcomer|all|bare [MIRROR]" >&2; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || { echo "chroot.sh: only root can make a bare Debian" >&2; exit 75; }
if [[ "$what" = packages || "$what" = all ]] && ! ls "$root"/build/package/packages/libframealloc0_*.deb >/dev/null 2>&1; then
  echo "chroot.sh: build/package/packages is empty; run ./dev package first" >&2
  exit 1
fi

bare="${FRAMEALLOC_BARE:-$(mktemp -d)}"
# The folder is removed at the end, so it must be ours.
if [ ! -e "$bare/.made-by-chroot.sh" ] && [ -n "$(ls -A "$bare")" ]; then
  echo "chroot.sh: $bare is not empty" >&2
  exit 2
fi
chmod 755 "$bare"
ready=""
trap 'umount "$bare/proc" 2>/dev/null || true; [ -n "$ready" ] || rm -rf --one-file-system "$bare"; rm -f "$bare.log"' EXIT
inside() { chroot "$bare" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive \
  FRAMEALLOC_PATIENCE="${FRAMEALLOC_PATIENCE:-}" "$@"; }

# bash's <(...) needs it.
mount_proc() { mountpoint -q "$bare/proc" || mount -t proc proc "$bare/proc" || exit 75; }

# Exit code 75 of the script where it cannot be made.
make_bare() {
  # Nobody needs this system after a loss of power, so dpkg need not wait for the disk.
  mkdir -p "$bare/etc/dpkg/dpkg.cfg.d"
  echo force-unsafe-io >"$bare/etc/dpkg/dpkg.cfg.d/unsafe-io"
  timeout 600 debootstrap --variant=minbase --include=ca-certificates bookworm "$bare" "$mirror" >"$bare.log" 2>&1 \
    || { tail -n 5 "$bare.log" >&2; exit 75; }
  touch "$bare/.made-by-chroot.sh"
  mount_proc
  if [ -d /etc/apt/apt.conf.d ]; then cp /etc/apt/apt.conf.d/*proxy* "$bare/etc/apt/apt.conf.d/" 2>/dev/null || true; fi
  cp /etc/resolv.conf "$bare/etc/" 2>/dev/null || true
  inside timeout 120 apt-get -qq -o Acquire::Languages=none update || exit 75
  inside apt-get -qq install -y --no-install-recommends git >"$bare.log" 2>&1 || { tail -n 5 "$bare.log" >&2; exit 75; }
}

try_first_steps() {
  git clone --quiet "$root" "$bare/framealloc"
  inside /framealloc/packaging/newcomer.sh /framealloc
}

try_packages() {
  local by code
  mkdir "$bare/debs" "$bare/game"
  cp "$root"/build/package/packages/*.deb "$bare/debs/"
  inside sh -c 'apt-get -qq install -y --no-install-recommends /debs/*.deb g++ cmake make pkg-config' >"$bare.log" 2>&1 \
    || { tail -n 20 "$bare.log" >&2; exit 1; }
  cp "$root"/examples/own_project/* "$bare/game/"
  inside sh -c 'set -e; cd /game; cmake -B build -DCMAKE_BUILD_TYPE=Release >/dev/null; cmake --build build >/dev/null
    ./build/my_game >/game/cmake.txt
    c++ -std=c++20 main.cpp $(pkg-config --cflags --libs framealloc) -o by_flags; ./by_flags >/game/flags.txt
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
    [ "$code" = 1 ] && grep -q '^error.FA606.' "$bare/game/check.txt" && grep -q 'stale.cpp:6:' "$bare/game/check.txt" \
      || { cat "$bare/game/check.txt" >&2; exit 1; }
    echo "packages: fa check found the stale read (FA606)"
  fi
  echo "packages: installed in a bare Debian, found by CMake and by pkg-config"
}

[ -e "$bare/.made-by-chroot.sh" ] || make_bare
if [ "$what" = bare ]; then
  ready=yes
  exit
fi
mount_proc
[ "$what" = packages ] || try_first_steps
[ "$what" = newcomer ] || try_packages
