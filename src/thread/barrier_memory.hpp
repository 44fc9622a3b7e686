// SPDX-License-Identifier: MIT OR Apache-2.0
// Which phase of which barrier the calling thread waits for next.
#pragma once

#include <cstdint>

namespace framealloc::detail::barrier_memory {

// Effect: the calling thread's next wait at that barrier is for `phase`. A thread remembers a few
// barriers; a new one pushes out the one that it met first.
void remember(std::uint64_t barrier, std::uint32_t phase) noexcept;
// Result: false for a barrier that the thread does not remember.
[[nodiscard]] bool recall(std::uint64_t barrier, std::uint32_t* phase) noexcept;

}  // namespace framealloc::detail::barrier_memory
