// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/arena/frame_arena.hpp>

#include <cstdint>

namespace framealloc::detail {

template <class Arena>
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE std::uint64_t frame_epoch(const Arena& arena) noexcept {
  if constexpr (requires { arena.epoch(); }) {
    return arena.epoch();
  } else {
    return arena.clock();
  }
}
template <class Arena>
[[nodiscard]] bool frame_holds(const Arena& arena, std::uint64_t epoch) noexcept {
  if constexpr (requires { arena.holds(epoch); }) {
    return arena.holds(epoch);
  } else {
    return arena.clock() == epoch;
  }
}
template <class Arena>
[[nodiscard]] std::size_t highest_checkpoint(const Arena& arena) noexcept {
  if constexpr (requires { arena.highest_checkpoint(); }) {
    return arena.highest_checkpoint();
  } else {
    return SIZE_MAX;
  }
}

}  // namespace framealloc::detail
