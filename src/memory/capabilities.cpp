// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/capabilities.hpp>

#include "os/virtual_memory.hpp"

namespace framealloc {
namespace detail {

Text<96> why_no_huge_pages() noexcept {
  switch (os::huge_page_mode()) {
    case HugePageMode::Unavailable:
      return "the system has no transparent huge pages";
    case HugePageMode::Never:
      return "transparent huge pages are switched off (mode 'never')";
    case HugePageMode::Madvise:
    case HugePageMode::Always:
      break;
  }
  return os::huge_page_size() == 0 ? Text<96>("the system does not tell the size of a huge page")
                                   : Text<96>();
}

Text<96> why_no_node(unsigned node) noexcept {
  Text<96> why;
  const unsigned nodes = os::numa_node_count();
  if (node >= nodes) {
    return why.append("there is no node ").append(node).append("; the system has ").append(nodes);
  }
  const std::size_t page = os::page_size();
  void* const probe = os::map(page, page);
  if (probe == nullptr) return "no page could be had to try it on";
  const os::NodeHint hint = os::prefer_node(probe, page, node);
  os::unmap(probe, page);
  switch (hint) {
    case os::NodeHint::Applied:
      break;
    case os::NodeHint::NoSuchNode:
      return why.append("the system refuses node ").append(node);
    case os::NodeHint::Forbidden:
      return "the system forbids it to this process, as containers do";
    case os::NodeHint::Unsupported:
      return "the system has no call for it";
  }
  return why;
}

PressureLevel level_of(const os::MemoryPressureReading& reading) noexcept {
  constexpr double kNoticeable = 10;  // percent
  if (reading.full_avg10 >= kNoticeable) return PressureLevel::Critical;
  return reading.some_avg10 >= kNoticeable ? PressureLevel::Moderate : PressureLevel::None;
}

}  // namespace detail

MemoryCapabilities memory_capabilities() noexcept {
  MemoryCapabilities capabilities;
  capabilities.page_size = os::page_size();
  capabilities.huge_page_size = os::huge_page_size();
  capabilities.huge_pages = os::huge_page_mode();
  capabilities.numa_nodes = os::numa_node_count();
  capabilities.huge_page_reason = detail::why_no_huge_pages();
  capabilities.numa_reason = detail::why_no_node(0);
  capabilities.numa_hint = capabilities.numa_reason.empty();
  return capabilities;
}

SystemMemoryPressure system_memory_pressure() noexcept {
  const os::MemoryPressureReading reading = os::read_memory_pressure();
  SystemMemoryPressure pressure;
  pressure.known = reading.has_stalls || reading.has_events;
  pressure.level = detail::level_of(reading);
  pressure.some_avg10 = reading.some_avg10;
  pressure.full_avg10 = reading.full_avg10;
  pressure.some_total_us = reading.some_total_us;
  pressure.full_total_us = reading.full_total_us;
  pressure.high_events = reading.high_events;
  pressure.max_events = reading.max_events;
  pressure.oom_events = reading.oom_events;
  return pressure;
}

}  // namespace framealloc
