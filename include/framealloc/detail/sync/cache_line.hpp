// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstddef>

namespace framealloc::detail {

// Two threads that write within one of these slow each other down. A constant, because
// std::hardware_destructive_interference_size may differ between translation units.
inline constexpr std::size_t kCacheLine = 64;

}  // namespace framealloc::detail
