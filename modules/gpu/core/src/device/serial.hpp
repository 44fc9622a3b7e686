// SPDX-License-Identifier: MIT OR Apache-2.0
// How frames and submissions map to serials.
#pragma once

#include <framealloc/gpu/ticket.hpp>

#include <atomic>
#include <cstdint>

namespace framealloc::gpu::detail {

// A serial is `epoch << 24 | number`. Frame f is epoch f and its end is the last number of it, so
// the serial of a frame that is open is known before it ends. Batches submitted in a frame take
// numbers 1, 2, ...; batches between two frames belong to the epoch of the next.
inline constexpr unsigned kSerialBits = Ticket::kNumberBits;
inline constexpr std::uint64_t kLastNumber = (std::uint64_t{1} << kSerialBits) - 1;

[[nodiscard]] constexpr std::uint64_t end_serial(std::uint64_t frame) noexcept {
  return Ticket::end_of_frame(frame).serial;
}
[[nodiscard]] constexpr std::uint64_t first_serial(std::uint64_t epoch) noexcept {
  return epoch << kSerialBits | 1;
}
[[nodiscard]] constexpr std::uint64_t epoch_of(std::uint64_t serial) noexcept {
  return serial >> kSerialBits;
}

// Effect: `highest` is at least `serial`; what the caller did before is seen by who reads that.
inline void raise_to(std::atomic<std::uint64_t>& highest, std::uint64_t serial) noexcept {
  std::uint64_t seen = highest.load(std::memory_order_relaxed);
  while (seen < serial && !highest.compare_exchange_weak(seen, serial, std::memory_order_acq_rel)) {
  }
}

}  // namespace framealloc::gpu::detail
