#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# release.sh --check: whether the repository could be tagged: versions agree in the headers (which CMake reads), the
# extension and the documentation's install lines, and the changelog has a section for the version.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
[ "${1:-}" = --check ] || { echo "./dev release: --check is all that it does; the tag is yours to make" >&2; exit 2; }
failed=0

# same WHAT FOUND: FOUND must be the version.
same() {
  if [ "$2" = "$version" ]; then
    printf '  %-36s %s\n' "$1" "$2"
  else
    printf '  %-36s %s, not %s\n' "$1" "${2:-nothing}" "$version" >&2
    failed=1
  fi
}

line="$(grep -o 'kVersion = [0-9]*;.*' include/framealloc/build_config.hpp)"
number="$(sed 's/kVersion = \([0-9]*\).*/\1/' <<<"$line")"
version="$((number / 10000)).$((number / 100 % 100)).$((number % 100))"
minor="${version%.*}"
echo "version $version"
same "comment of kVersion" "$(sed 's#.*// ##' <<<"$line")"
same "the extension (package.json)" "$(sed -n 's/^  "version": "\(.*\)",/\1/p' editors/vscode/package.json)"
same "the extension (package-lock.json)" "$(sed -n 's/^  "version": "\(.*\)",/\1/p' editors/vscode/package-lock.json | head -n 1)"
same "README: FetchContent" "$(sed -n 's/.*GIT_TAG v\([0-9.]*\)).*/\1/p' README.md)"
same "packaging/vcpkg" "$(sed -n 's/.*"version": "\(.*\)",/\1/p' packaging/vcpkg/framealloc/vcpkg.json)"
same "packaging/conan" "$(sed -n 's/^    version = "\(.*\)"/\1/p' packaging/conan/conanfile.py)"
if grep -q "find_package(framealloc $minor)" docs/guides/reference.md; then
  printf '  %-36s %s\n' "technical reference: find_package" "$minor"
else
  printf '  %-36s does not name %s\n' "technical reference: find_package" "$minor" >&2
  failed=1
fi
same "CHANGELOG: newest section" "$(sed -n 's/^## \[\([0-9.]*\)\].*/\1/p' CHANGELOG.md | head -n 1)"
[ "$failed" = 0 ] && echo "release: all agree" || echo "release: not ready" >&2
exit "$failed"
