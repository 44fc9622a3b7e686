// SPDX-License-Identifier: MIT OR Apache-2.0
#include "host/host_device.hpp"

#include <cstdio>

namespace framealloc::gpu::detail {

HostDevice::HostDevice(const HostBackendConfig& config)
    : visible_for_upload_only_(config.visible_for_upload_only), heaps_(config.heaps.size()) {
  info_.name = "framealloc host device";
  info_.heaps = config.heaps;
  info_.types = config.types;
  info_.non_coherent_atom = config.non_coherent_atom;
  if (info_.non_coherent_atom == 0) {
    violate(Violation("HostBackendConfig: an atom of 0 bytes"));
    info_.non_coherent_atom = 1;
  }
  info_.buffer_image_granularity = config.buffer_image_granularity;
  info_.min_uniform_alignment = config.min_uniform_alignment;
  info_.min_storage_alignment = config.min_storage_alignment;
  info_.min_texel_alignment = config.min_storage_alignment;
  info_.max_allocation_count = config.max_allocation_count;
  info_.reports_budget = config.reports_budget;
  bool local = false, other = false;
  for (std::size_t heap = 0; heap < info_.heaps.size(); ++heap) {
    heaps_[heap].budget = info_.heaps[heap].size;
    (info_.heaps[heap].device_local ? local : other) = true;
  }
  info_.discrete = local && other;
  for (std::size_t type = 0; type < info_.types.size(); ++type) {
    if (info_.types[type].heap < info_.heaps.size()) continue;
    violate(Violation("HostBackendConfig: memory type ")
                .append(type)
                .append(" is of heap ")
                .append(info_.types[type].heap)
                .append(", which there is not"));
  }
}

HostDevice::~HostDevice() {
  const std::size_t buffers = buffers_.figures().live;
  if (memory_.live() != 0 || buffers != 0) {
    std::fprintf(stderr,
                 "framealloc: a HostBackend ends while %zu device allocations and %zu buffers are "
                 "alive: end the allocators that stand on it first\n",
                 memory_.live(), buffers);
  }
  drop_all(first_);
  memory_.for_each([this](HostMemory& memory) { release(memory); });
}

void HostDevice::violate(const Violation& what) noexcept {
  const std::lock_guard held(violated_);
  ++violations_;
  last_violation_ = what;
}

HostBackendCounters HostDevice::counters() noexcept {
  HostBackendCounters counters;
  {
    const std::lock_guard held(lock_);
    counters = counters_;
  }
  counters.buffers_created = buffers_.figures().created;
  const std::lock_guard held(violated_);
  counters.violations = violations_;
  return counters;
}

HostDevice::Violation HostDevice::last_violation() noexcept {
  const std::lock_guard held(violated_);
  return last_violation_;
}

}  // namespace framealloc::gpu::detail
