#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Makes build/site: the reference by Doxygen (a warning is an error), then the guides by MkDocs (a dead link is one).
# Run by ./dev reference.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
out=build/site
version="$(sed -n 's/.*kVersion = [0-9]*;  \/\/ \([0-9.]*\).*/\1/p' include/framealloc/build_config.hpp)"
rm -rf "$out"
mkdir -p "$out/html"
{
  cat docs/site/Doxyfile
  echo "PROJECT_NUMBER = $version"
  echo "INPUT = include/framealloc"
  echo "INCLUDE_PATH = include"
  echo "STRIP_FROM_PATH = include"
  echo "OUTPUT_DIRECTORY = $out"
  echo "WARN_LOGFILE = $out/warnings.txt"
} | doxygen - >"$out/doxygen.log" 2>&1
echo "doxygen: $(wc -l <"$out/warnings.txt") warnings"
[ ! -s "$out/warnings.txt" ] || { head -n 40 "$out/warnings.txt" >&2; exit 1; }
python3 docs/site/count.py "$out/xml"

python3 docs/site/gather.py "$out/pages"
cp docs/site/mkdocs.yml "$out/mkdocs.yml"
cp docs/site/wide.css "$out/pages/docs/site/wide.css"
mkdocs --quiet build --strict --clean --config-file "$out/mkdocs.yml"
mv "$out/reference" "$out/html/api"
echo "site: $out/html/index.html, the reference of the headers in api/index.html"
