// SPDX-License-Identifier: MIT OR Apache-2.0
// What a full arena does.
#pragma once

#include <cstdint>

namespace framealloc {

/// What happens when an arena has used up its size.
enum class FrameOverflow : std::uint8_t {
  Grow,          ///< link another chunk
  HeapFallback,  ///< take the rest of the frame's memory from the heap; the next frame starts
                 ///< larger
  Fail,          ///< null
};

}  // namespace framealloc
