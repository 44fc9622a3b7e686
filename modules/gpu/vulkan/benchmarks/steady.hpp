// SPDX-License-Identifier: MIT OR Apache-2.0
// What steady frames ask of the driver, counted at its functions.
#pragma once

#include "vulkan/device.hpp"

#include <cstdint>
#include <optional>

namespace bench {

struct SteadyFrames {
  double memory_calls = 0;    ///< vkAllocateMemory, vkFreeMemory and vkMapMemory after 20 frames
  double submissions = 0;     ///< of the library, a frame
  double budget_queries = 0;  ///< a frame
  double stats_calls = 0;     ///< to the driver, by a thousand stats() and heap_budget()
  double held = 0;  ///< most bytes held over the most in use, without a block for each type
};

/// Effect: 320 frames with uploads from frame memory, buffers that come and go, and readbacks.
/// Result: nothing where a call failed.
[[nodiscard]] std::optional<SteadyFrames> count_steady_frames(const vulkan_device::Device& device,
                                                              bool timeline);

}  // namespace bench
