// SPDX-License-Identifier: MIT OR Apache-2.0
// Everything that allocates: frames, pool, heap, their boxes and containers, tags. Statistics,
// events and the optional parts are in <framealloc/framealloc.hpp>.
#pragma once

// First, because it reports a language mode below C++20.
#include <framealloc/compiler.hpp>

#include <framealloc/frame_box.hpp>
#include <framealloc/frame_slice.hpp>
#include <framealloc/frame_vec.hpp>
#include <framealloc/heap_box.hpp>
#include <framealloc/literals.hpp>
#include <framealloc/pool_box.hpp>
#include <framealloc/smart_alloc.hpp>
