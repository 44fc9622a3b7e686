// SPDX-License-Identifier: MIT OR Apache-2.0
// The bounds of hot_paths.cpp: a slice of frame memory is a bump and a branch, also out of line.
#pragma once

#include "codegen/bound.hpp"

#include <array>

namespace framealloc::codegen {

inline constexpr std::array kBounds{
    Bound{"hot_ring_alloc", 28, 29, 1}, Bound{"hot_ring_alloc_aligned", 28, 27, 1},
    Bound{"hot_ring_push", 38, 35, 2},  // the other: whether there is a slice to copy to
};

}  // namespace framealloc::codegen
