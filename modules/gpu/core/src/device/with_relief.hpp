// SPDX-License-Identifier: MIT OR Apache-2.0
// Makes room before a request is denied.
#pragma once

#include "device/gpu_core.hpp"

namespace framealloc::gpu::detail {

template <class Attempt>
bool GpuCore::with_relief(std::size_t requested, GpuDenial& denial, Attempt&& attempt) noexcept {
  if (attempt()) [[likely]]
    return true;
  const auto curable = [&] { return denial.code == Code::FA416 || denial.code == Code::FA417; };
  if (!curable()) return false;
  if (give_back_idle(denial) && attempt()) return true;
  if (eviction_ != nullptr) {
    const std::uint32_t round = next_round();
    while (curable() && evict_one(denial, round)) {
      give_back_idle(denial);
      if (attempt()) return true;
    }
  }
  if (!curable() || pressure_ == nullptr) return false;
  GpuPressureEvent event;
  event.level = PressureLevel::Critical;
  event.reason = denial.code == Code::FA416 ? PressureReason::Source : PressureReason::Limit;
  event.heap = denial.heap;
  event.used = denial.held;
  event.limit = denial.limit;
  event.requested = requested;
  if (!tell_pressure(event)) return false;
  give_back_idle(denial);
  return attempt();
}

}  // namespace framealloc::gpu::detail
