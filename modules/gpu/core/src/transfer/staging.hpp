// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory that uploads are copied from: of the frame that is open, or of chunks of the batch's.
#pragma once

#include "transfer/batch_state.hpp"

#include <framealloc/gpu/slice.hpp>
#include <framealloc/result.hpp>

#include <cstddef>

namespace framealloc::gpu::detail {

// Effect: a slice of the frame that is open, with the alignment. Failure: reported. Requirement, of
// this and of make_chunk(): no lock is held, because handlers of the program may run.
[[nodiscard]] Result<GpuSlice> stage_in_frame(GpuCore& core, std::size_t size,
                                              std::size_t alignment) noexcept;
// Effect: memory for `size` bytes at the least. The caller owns it. Failure: reported.
[[nodiscard]] Result<BatchState::Chunk*> make_chunk(GpuCore& core, std::size_t size,
                                                    std::size_t alignment) noexcept;
// Effect: `slice` is a piece of the batch's chunk that is not full. Result: false where it has no
// room. Requirement: the batch's mutex is held.
[[nodiscard]] bool bump_chunk(BatchState& batch, std::size_t size, std::size_t alignment,
                              GpuSlice& slice) noexcept;

}  // namespace framealloc::gpu::detail
