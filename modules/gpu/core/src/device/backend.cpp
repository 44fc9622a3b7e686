// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/gpu/backend.hpp>

namespace framealloc::gpu {

void GpuBackend::destroy_image(std::uint64_t) noexcept {}

std::uint64_t GpuBackend::device_address(std::uint64_t) noexcept { return 0; }

void GpuBackend::set_name(std::uint64_t, std::string_view) noexcept {}

void GpuBackend::query_budgets(std::span<DeviceHeapBudget>) noexcept {}

bool GpuBackend::is_lost() noexcept { return false; }

bool GpuBackend::ends_frames_with(std::span<const CopyCommand>) noexcept { return false; }

DeviceStatus GpuBackend::submit_and_signal(std::span<const CopyCommand>, std::uint64_t) noexcept {
  return DeviceStatus::Unsupported;
}

bool GpuBackend::sees_every_submission() const noexcept { return false; }

}  // namespace framealloc::gpu
