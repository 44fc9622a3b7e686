#!/usr/bin/env bash
# SPDX-License-Identifier: MIT OR Apache-2.0
# Peers are classes of unnamed namespaces, so that no file can disturb another. g++ 12 nevertheless
# exports a template whose argument is a class template of such a namespace, and the linker then keeps
# one of two equally named ones: a peer's rows would silently measure another peer. This check fails
# when the program holds such a symbol.
#
# usage: separate_peers.sh PROGRAM
set -euo pipefail
merged=$(nm -C "$1" | grep -E '^[0-9a-f]* *[WVu] .*anonymous namespace' || true)
[ -z "$merged" ] || { echo "symbols that the linker may merge:"; echo "$merged"; exit 1; }
