#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# screenshots.sh: pictures of build/site, which ./dev reference makes: light, dark, and as narrow as a phone (Chromium's
# narrowest window is 500 pixels). It needs chromium and python3: from a file the site has no search.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
profile="$(mktemp -d)"
python3 -u -m http.server 0 --bind 127.0.0.1 --directory build/site/html >"$profile/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null; rm -rf "$profile"' EXIT
port=""
for _ in $(seq 100); do
  port="$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$profile/server.log")"
  [ -z "$port" ] || break
  sleep 0.1
done
[ -n "$port" ] || { cat "$profile/server.log" >&2; exit 1; }
# shot NAME SIZE PAGE [OPTION...]
shot() {
  local name="$1" size="$2" page="$3"
  shift 3  # each has a profile of its own: the site remembers which colors were chosen
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$profile/$name" --window-size="$size" \
    --virtual-time-budget=3000 --screenshot="$PWD/docs/images/site-$name.png" "$@" \
    "http://127.0.0.1:$port/$page" >"$profile/log" 2>&1 || { tail -n 5 "$profile/log" >&2; return 1; }
}
shot light 1440,900 docs/guides/getting-started.html
shot dark 1440,900 docs/guides/comparison.html --blink-settings=preferredColorScheme=0
shot phone 500,800 docs/guides/getting-started.html
