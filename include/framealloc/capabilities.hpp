// SPDX-License-Identifier: MIT OR Apache-2.0
// What the system can do for memory, told plainly.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/os/memory_system.hpp>
#include <framealloc/pressure.hpp>
#include <framealloc/text.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc {

using os::HugePageMode;

struct MemoryCapabilities {
  std::size_t page_size = 0;       ///< bytes
  std::size_t huge_page_size = 0;  ///< bytes; 0 when AllocConfig::huge_pages has no effect
  HugePageMode huge_pages = HugePageMode::Unavailable;
  unsigned numa_nodes = 1;
  bool numa_hint = false;     ///< whether AllocConfig::numa_node can be applied
  Text<96> huge_page_reason;  ///< why huge_page_size is 0; empty otherwise
  Text<96> numa_reason;       ///< why numa_hint is false; empty otherwise
};
/// Effect: asks the system, using one page of its own for node 0. Thread contract: any thread.
[[nodiscard]] FRAMEALLOC_API MemoryCapabilities memory_capabilities() noexcept;

/// What the system says about pressure now. Linux: /proc/pressure/memory and the memory.events of
/// the process's group; `known` is false where neither can be read.
struct SystemMemoryPressure {
  bool known = false;
  /// Moderate from 10 % of the last 10 s in which some task stalled, Critical from 10 % in which
  /// all tasks did.
  PressureLevel level = PressureLevel::None;
  double some_avg10 = 0;  ///< percent
  double full_avg10 = 0;
  std::uint64_t some_total_us = 0;
  std::uint64_t full_total_us = 0;
  std::uint64_t high_events = 0;
  std::uint64_t max_events = 0;
  std::uint64_t oom_events = 0;
};
/// Effect: reads files of the system, only when it is called. Thread contract: any thread.
[[nodiscard]] FRAMEALLOC_API SystemMemoryPressure system_memory_pressure() noexcept;

namespace detail {

// Result: why a wish for huge pages, or for memory of `node`, cannot be met; empty when it can.
[[nodiscard]] Text<96> why_no_huge_pages() noexcept;
[[nodiscard]] Text<96> why_no_node(unsigned node) noexcept;
// The level that a reading stands for.
[[nodiscard]] PressureLevel level_of(const os::MemoryPressureReading& reading) noexcept;

}  // namespace detail
}  // namespace framealloc
