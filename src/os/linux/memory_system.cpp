// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/os/memory_system.hpp>

#include <framealloc/text.hpp>

#include "kernel_text.hpp"

#include <cerrno>
#include <charconv>
#include <string_view>

#include <sys/syscall.h>
#include <unistd.h>

namespace framealloc::os {
namespace {

// Result: the number right after `name`, which ends in its separator; `otherwise` without it.
std::uint64_t number_after(std::string_view text, std::string_view name,
                           std::uint64_t otherwise = 0) noexcept {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return otherwise;
  std::uint64_t value = otherwise;
  std::from_chars(text.data() + at + name.size(), text.data() + text.size(), value);
  return value;
}

// "12.34" without the library's floating-point parser, which older standard libraries lack.
double decimal_after(std::string_view text, std::string_view name) noexcept {
  const std::size_t at = text.find(name);
  if (at == std::string_view::npos) return 0;
  double value = 0;
  double scale = 0;
  for (const char c : text.substr(at + name.size())) {
    if (c == '.' && scale == 0) {
      scale = 1;
    } else if (c >= '0' && c <= '9') {
      value = value * 10 + (c - '0');
      scale *= 10;
    } else {
      break;
    }
  }
  return scale == 0 ? value : value / scale;
}

std::string_view line_of(std::string_view text, std::string_view start) noexcept {
  const std::size_t at = text.find(start);
  if (at == std::string_view::npos) return {};
  return text.substr(at, text.find('\n', at) - at);
}

// The highest number of a list like "0-3,6".
unsigned last_of_list(std::string_view list) noexcept {
  unsigned last = 0;
  const char* at = list.data();
  const char* const end = at + list.size();
  while (at < end) {
    unsigned number = 0;
    const auto parsed = std::from_chars(at, end, number);
    if (parsed.ec == std::errc() && number > last) last = number;
    at = parsed.ptr == at ? at + 1 : parsed.ptr;
  }
  return last;
}

// Where the process's own group keeps its files, in the one hierarchy of version 2.
void append_group_path(Text<512>& path) noexcept {
  const KernelText groups("/proc/self/cgroup");
  const std::string_view line = line_of(groups.view(), "0::");
  path.append("/sys/fs/cgroup");
  if (line.size() > 4) path.append(line.substr(3));  // more than "0::/"
}

}  // namespace

HugePageMode huge_page_mode() noexcept {
  const KernelText enabled("/sys/kernel/mm/transparent_hugepage/enabled");
  const auto chosen = [&](std::string_view word) {
    return enabled.view().find(word) != std::string_view::npos;
  };
  if (chosen("[always]")) return HugePageMode::Always;
  if (chosen("[madvise]")) return HugePageMode::Madvise;
  if (chosen("[never]")) return HugePageMode::Never;
  return HugePageMode::Unavailable;
}

unsigned numa_node_count() noexcept {
  const KernelText online("/sys/devices/system/node/online");
  return online.view().empty() ? 1 : last_of_list(online.view()) + 1;
}

NodeHint prefer_node(void* address, std::size_t size, unsigned node) noexcept {
#if defined(SYS_mbind)
  constexpr int kPreferred = 1;  // MPOL_PREFERRED of the kernel's interface
  constexpr unsigned kBits = 8 * sizeof(unsigned long);
  constexpr unsigned kMostNodes = 1024;
  if (node >= kMostNodes) return NodeHint::NoSuchNode;
  unsigned long mask[kMostNodes / kBits] = {};
  mask[node / kBits] = 1UL << (node % kBits);
  // The kernel takes one bit less than it is told.
  if (syscall(SYS_mbind, address, size, kPreferred, mask, kMostNodes + 1UL, 0U) == 0) {
    return NodeHint::Applied;
  }
  switch (errno) {
    case EPERM:
    case EACCES:
      return NodeHint::Forbidden;
    case ENOSYS:
      return NodeHint::Unsupported;
    default:
      return NodeHint::NoSuchNode;
  }
#else
  static_cast<void>(address);
  static_cast<void>(size);
  static_cast<void>(node);
  return NodeHint::Unsupported;
#endif
}

MemoryPressureReading read_memory_pressure() noexcept {
  MemoryPressureReading reading;
  const KernelText stalls("/proc/pressure/memory");
  const std::string_view some = line_of(stalls.view(), "some ");
  const std::string_view full = line_of(stalls.view(), "full ");
  if (!some.empty()) {
    reading.has_stalls = true;
    reading.some_avg10 = decimal_after(some, "avg10=");
    reading.full_avg10 = decimal_after(full, "avg10=");
    reading.some_total_us = number_after(some, "total=");
    reading.full_total_us = number_after(full, "total=");
  }
  Text<512> path;
  append_group_path(path);
  path.append("/memory.events");
  const KernelText events(path.c_str());
  if (!events.view().empty()) {
    reading.has_events = true;
    reading.high_events = number_after(events.view(), "high ");
    reading.max_events = number_after(events.view(), "max ");
    reading.oom_events = number_after(events.view(), "oom ");
  }
  return reading;
}

}  // namespace framealloc::os
