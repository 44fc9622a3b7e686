// SPDX-License-Identifier: MIT OR Apache-2.0
// An allocator without rings.
#pragma once

#include "device/transient_memory.hpp"

namespace framealloc::gpu::detail {

// Denies frame memory, holds nothing.
class NoFrameMemory final : public TransientMemory {
 public:
  bool allocate(const GpuAllocRequirements&, TransientPiece&, GpuDenial& denial) noexcept override {
    denial = {};
    denial.code = Code::FA418;
    denial.what = "this allocator has no frame memory";
    return false;
  }
  void begin_frame(std::uint64_t) noexcept override {}
  void end_frame(std::uint64_t) noexcept override {}
  void release(std::uint64_t) noexcept override {}
  std::size_t trim(unsigned) noexcept override { return 0; }
  TransientFigures figures() const noexcept override { return {}; }
  std::size_t used(unsigned) const noexcept override { return 0; }
  void shut_down() noexcept override {}
};

}  // namespace framealloc::gpu::detail
