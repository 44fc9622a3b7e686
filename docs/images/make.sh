#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# make.sh [FOLDER]: makes the picture of the README, insight.png, from a real run of the demo. FOLDER has the
# programs fa, fa-demo and fa-insight (default build/install/bin). It needs chromium.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
bin="$(realpath "${1:-$here/../../build/install/bin}")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

"$bin/fa" demo --only framealloc --frames 600 --no-trace --quiet --snapshots "$work/snapshots" >"$work/demo.txt"
(cd "$work" && "$bin/fa" insight --directory snapshots --once page.html)  # the page shows the folder
# Programs that run as root have no sandbox of Chromium's.
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/chromium" \
  --window-size=1200,900 --virtual-time-budget=3000 --run-all-compositor-stages-before-draw --screenshot="$work/insight.png" "file://$work/page.html" \
  >"$work/chromium.log" 2>&1 || { tail -n 5 "$work/chromium.log" >&2; exit 1; }
mv "$work/insight.png" "$here/insight.png"
echo "made: $here/insight.png"
