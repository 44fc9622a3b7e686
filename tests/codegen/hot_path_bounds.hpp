// SPDX-License-Identifier: MIT OR Apache-2.0
// The bounds of hot_paths.cpp.
#pragma once

#include "codegen/bound.hpp"

#include <array>

namespace framealloc::codegen {

inline constexpr std::array kBounds{
    Bound{"hot_arena_alloc", 7, 9, 1},         Bound{"hot_arena_alloc_over_aligned", 9, 11, 1},
    Bound{"hot_arena_alloc_bytes", 13, 15, 1}, Bound{"hot_arena_alloc_layout", 16, 19, 1},
    Bound{"hot_frame_alloc", 11, 15, 1},       Bound{"hot_frame_alloc_batch", 18, 21, 1},
    Bound{"hot_burst_alloc", 31, 32, 5},  // its cursor in memory, a line fetched ahead; else 13
    Bound{"hot_fixed_alloc", 7, 9, 1},         Bound{"hot_scope", 35, 45, 6},
    Bound{"hot_pool_alloc", 12, 18, 1},        Bound{"hot_vec_push", 64, 58, 10},  // four elements
    Bound{"hot_pool_free", 19, 27, 3},  // null, list and owner; mostly 15 and 2
};

}  // namespace framealloc::codegen
