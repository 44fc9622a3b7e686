// SPDX-License-Identifier: MIT OR Apache-2.0
// What the system says about its memory: huge pages, nodes, pressure.
#pragma once

#include <cstddef>
#include <cstdint>

namespace framealloc::os {

// Whether the system puts huge pages under plain memory.
enum class HugePageMode : std::uint8_t {
  Unavailable,  // the system knows none
  Never,        // switched off
  Madvise,      // for memory that asks for them
  Always,
};
[[nodiscard]] HugePageMode huge_page_mode() noexcept;

// Result: number of memory nodes; 1 where the system does not tell.
[[nodiscard]] unsigned numa_node_count() noexcept;

enum class NodeHint : std::uint8_t {
  Applied,
  NoSuchNode,
  Forbidden,    // the system knows the call and does not allow it, as in many containers
  Unsupported,  // the system has no such call
};
// Effect: pages of the range that are not backed yet are taken from `node` as long as it has some.
// Requirement: whole pages of one mapping. Thread contract: any thread.
NodeHint prefer_node(void* address, std::size_t size, unsigned node) noexcept;

// Stalls for want of memory, and what the limit of the process's group has led to.
struct MemoryPressureReading {
  bool has_stalls = false;
  double some_avg10 = 0;  // percent of the last 10 s in which some task waited for memory
  double full_avg10 = 0;  // and in which all did
  std::uint64_t some_total_us = 0;
  std::uint64_t full_total_us = 0;
  bool has_events = false;
  std::uint64_t high_events = 0;  // times that the group was throttled
  std::uint64_t max_events = 0;   // times that it reached its limit
  std::uint64_t oom_events = 0;   // times that a process of it ran out of memory
};
// Reads files of the system: microseconds, not for every frame. Any thread.
[[nodiscard]] MemoryPressureReading read_memory_pressure() noexcept;

}  // namespace framealloc::os
