// SPDX-License-Identifier: MIT OR Apache-2.0
// What allocates: frames, pool, heap, their boxes and containers, tags. No statistics, no events,
// no parts that a program may do without; <framealloc/framealloc.hpp> has those too.
#pragma once

// First, because it says so below C++20.
#include <framealloc/compiler.hpp>

#include <framealloc/frame_box.hpp>
#include <framealloc/frame_slice.hpp>
#include <framealloc/frame_vec.hpp>
#include <framealloc/heap_box.hpp>
#include <framealloc/literals.hpp>
#include <framealloc/pool_box.hpp>
#include <framealloc/smart_alloc.hpp>
