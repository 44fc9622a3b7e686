#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Compiles every C++ block of the documentation and follows its relative links. Run by ./dev docs;
# exit code 0 when all of it holds. Arguments: Markdown files, or nothing for all of them.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
cd "$here/../.."

compiler="${CXX:-g++}"
jobs="${FRAMEALLOC_JOBS:-$(nproc)}"
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
failed=0

if [ $# -gt 0 ]; then
  documents=("$@")
else
  mapfile -t documents < <(find . -name '*.md' -not -path './build/*' -not -path './.*' -not -path '*/node_modules/*' -not -path '*/dist/*' \
    | sed 's#^\./##' | LC_ALL=C sort)
fi
[ ${#documents[@]} -gt 0 ] || { echo "no documents" >&2; exit 1; }

# --- code ---------------------------------------------------------------------------------------

awk -v out="$out" -f "$here/extract.awk" "${documents[@]}" || failed=1
{
  cat "$out/fragment_includes.hpp"
  echo "#include \"$here/prelude.hpp\""
  cat "$out/fragments.cpp"
} >"$out/all_fragments.cpp"
rm "$out/fragments.cpp"

# A fragment shows one thing, so what it makes may be unused.
# The modules that stand on nothing foreign are there for every block, and the one that needs Vulkan's headers.
compile=("$compiler" -std=c++20 -fsyntax-only -pthread -Iinclude -Imodules/gpu/core/include
  -Imodules/gpu/coordinator/include -Imodules/gpu/vulkan/include -Imodules/integrations/async/include -DFRAMEALLOC_CHECK_LEVEL=0 -Wall -Wextra
  -Wno-unused -Wno-unused-parameter -Werror)
find "$out" -name '*.cpp' -print0 | LC_ALL=C sort -z | xargs -0 -n 1 -P "$jobs" "${compile[@]}" || failed=1

# --- links --------------------------------------------------------------------------------------

awk -f "$here/links.awk" "${documents[@]}" >"$out/links.tsv"
grep $'\t#\t' "$out/links.tsv" >"$out/headings.tsv" || true
count=0
while IFS=$'\t' read -r file line target; do
  [ "$line" != '#' ] || continue
  count=$((count + 1))
  path="${target%%#*}" anchor=""
  [[ "$target" != *'#'* ]] || anchor="${target#*#}"
  if [ -n "$path" ]; then path="$(realpath -m --relative-to=. "$(dirname "$file")/$path")"; else path="$file"; fi
  if [ ! -e "$path" ]; then
    echo "$file:$line: link to '$target': no such file" >&2
    failed=1
  elif [ -n "$anchor" ] && [[ "$path" == *.md ]] && ! grep -qxF "$path"$'\t#\t'"$anchor" "$out/headings.tsv"; then
    echo "$file:$line: link to '$target': no such heading" >&2
    failed=1
  fi
done <"$out/links.tsv"
echo "relative links: $count in ${#documents[@]} documents"

[ "$failed" = 0 ] && echo "documentation: all of it holds"
exit "$failed"
