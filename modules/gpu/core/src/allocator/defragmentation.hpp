// SPDX-License-Identifier: MIT OR Apache-2.0
// Moves buffers together, so that blocks run empty.
#pragma once

#include "device/gpu_core.hpp"
#include "transfer/timeline.hpp"

#include <framealloc/gpu/pressure.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace framealloc::gpu::detail {

// One call of defragment(). A block is only begun if all that the program holds in it is movable
// and may fit into the others: else moving would gain nothing.
class Defragmentation {
 public:
  Defragmentation(GpuCore& core, Timeline& timeline, std::size_t max_bytes, GpuMoveHandler handler,
                  void* context) noexcept
      : core_(core), timeline_(timeline), left_(max_bytes), handler_(handler), context_(context) {}

  // Result: bytes moved, or what the driver said.
  [[nodiscard]] Result<std::size_t> run() noexcept;

 private:
  struct Move {
    BufferRecord* record = nullptr;
    BufferRecord* spare = nullptr;  // carries the old place, or the new one, to the retire queue
    std::uint64_t id = 0;
    std::uint64_t old_handle = 0, new_handle = 0;
    std::size_t size = 0;
    Placement placement;  // the new one
  };
  static constexpr std::size_t kAtOnce = 32;

  // Result: false when the block is done with, for this call.
  [[nodiscard]] bool move_some(Block& block, DeviceStatus& status) noexcept;
  [[nodiscard]] std::size_t collect(const Block& block) noexcept;
  [[nodiscard]] bool prepare(Move& move) noexcept;
  void undo(const Move& move) noexcept;
  void finish(Move& move, std::uint64_t serial) noexcept;
  [[nodiscard]] bool movable(const BufferRecord& record) const noexcept;

  GpuCore& core_;
  Timeline& timeline_;
  std::size_t left_;
  std::size_t moved_ = 0;
  GpuMoveHandler handler_;
  void* context_;
  std::array<Move, kAtOnce> moves_;
  std::size_t count_ = 0;
};

}  // namespace framealloc::gpu::detail
