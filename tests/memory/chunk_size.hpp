// SPDX-License-Identifier: MIT OR Apache-2.0
// The chunks that the tests of chunk pools take.
#pragma once

#include <cstddef>

namespace framealloc::detail {

inline constexpr std::size_t kChunk = std::size_t{64} << 10;

}  // namespace framealloc::detail
