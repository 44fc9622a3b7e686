#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# screenshots.sh: pictures of build/site, which ./dev reference makes: light, dark, and as narrow as a phone (Chromium's
# narrowest window is 500 pixels). It needs chromium.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
profile="$(mktemp -d)"
trap 'rm -rf "$profile"' EXIT
# shot NAME SIZE PAGE [OPTION...]
shot() {
  local name="$1" size="$2" page="$3"
  shift 3  # each has a profile of its own: the site remembers which colors were chosen
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$profile/$name" --window-size="$size" \
    --virtual-time-budget=3000 --screenshot="$PWD/docs/images/site-$name.png" "$@" \
    "file://$PWD/build/site/html/$page" >"$profile/log" 2>&1 || { tail -n 5 "$profile/log" >&2; return 1; }
}
shot light 1200,800 docs/guides/getting-started.html
shot dark 1200,800 docs/guides/comparison.html --blink-settings=preferredColorScheme=0
shot phone 500,800 docs/guides/getting-started.html
