// SPDX-License-Identifier: MIT OR Apache-2.0
// The words of the coordinator.
#pragma once

#include <framealloc/codes.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::coordinator {

/// What went wrong, as codes of Result's Error.
struct UnifiedError {
  static constexpr Code BudgetExceeded = Code::FA417;
  static constexpr Code InvalidTransfer = Code::FA412;
  static constexpr Code CpuAllocationFailed = Code::FA012;
  static constexpr Code GpuAllocationFailed = Code::FA416;
};

enum class TransferDirection : std::uint8_t { CpuToGpu, GpuToCpu };

/// Which side of a buffer has its current content.
enum class BufferLocation : std::uint8_t { CpuOnly, GpuOnly, Synchronized };

/// Bytes of buffers that live: their CPU sides, and their GPU sides.
struct UnifiedUsage {
  std::size_t cpu = 0, gpu = 0;
};

/// Bytes reserved; 0: no limit.
struct UnifiedLimits {
  std::size_t cpu = 0, gpu = 0, combined = 0;
};

}  // namespace framealloc::coordinator
