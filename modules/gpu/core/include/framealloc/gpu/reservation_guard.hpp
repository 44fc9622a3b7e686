// SPDX-License-Identifier: MIT OR Apache-2.0
// A budget that device memory is held against beside the heaps' own.
#pragma once

#include <cstddef>

namespace framealloc::gpu {

/// A budget that lies outside of the allocator: that of CPU and GPU together.
class ReservationGuard {
 public:
  /// Result: whether so much more device memory may be reserved; it is charged then. Any thread.
  [[nodiscard]] virtual bool charge(std::size_t bytes) noexcept = 0;
  virtual void release(std::size_t bytes) noexcept = 0;

 protected:
  ~ReservationGuard() = default;
};

}  // namespace framealloc::gpu
