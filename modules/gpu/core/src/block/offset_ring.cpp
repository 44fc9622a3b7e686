// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/gpu/offset_ring.hpp>

#include <algorithm>

namespace framealloc::gpu {

void OffsetRing::close(std::uint64_t serial) noexcept {
  if (open_ == 0) return;
  if (count_ != 0) {
    Closed& last = closed_[(first_ + count_ - 1) % kMaxOpen];
    if (serial <= last.serial || count_ == kMaxOpen) {
      last.serial = std::max(last.serial, serial);
      last.units += open_;
      open_ = 0;
      return;
    }
  }
  closed_[(first_ + count_) % kMaxOpen] = {serial, open_};
  ++count_;
  open_ = 0;
}

void OffsetRing::release(std::uint64_t completed) noexcept {
  while (count_ != 0 && closed_[first_].serial <= completed) {
    used_ -= closed_[first_].units;
    first_ = (first_ + 1) % kMaxOpen;
    --count_;
  }
}

}  // namespace framealloc::gpu
