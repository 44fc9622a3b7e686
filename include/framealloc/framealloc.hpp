// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory whose lifetime is known. `namespace fa = framealloc;` is the customary short name.
#pragma once

// First, because it says so below C++20.
#include <framealloc/compiler.hpp>

#include <framealloc/fixed_arena.hpp>
#include <framealloc/literals.hpp>
#include <framealloc/smart_alloc.hpp>
#include <framealloc/transfer_channel.hpp>
