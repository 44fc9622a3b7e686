// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/type_order.hpp"

namespace framealloc::gpu::detail {

void TypeOrder::add(const GpuDeviceInfo& info,
                    bool (*wanted)(const GpuMemoryTypeInfo& type, bool local)) noexcept {
  for (std::size_t index = 0; index < info.types.size() && index < kMaxTypes; ++index) {
    const GpuMemoryTypeInfo& type = info.types[index];
    // Lazily allocated memory is for attachments that never leave the chip.
    if (type.lazily_allocated || !wanted(type, info.heaps[type.heap].device_local)) continue;
    bool known = false;
    for (unsigned i = 0; i < count_; ++i) known = known || types_[i] == index;
    if (!known) types_[count_++] = static_cast<std::uint8_t>(index);
  }
}

TypeOrder::TypeOrder(const GpuDeviceInfo& info, GpuMemoryIntent intent) noexcept {
  using Type = GpuMemoryTypeInfo;
  const auto coherent = [](const Type& type, bool) {
    return type.host_visible && type.host_coherent;
  };
  const auto cached = [](const Type& type, bool) { return type.host_visible && type.host_cached; };
  switch (intent) {
    case GpuMemoryIntent::DeviceOnly:
      add(info, [](const Type& type, bool local) { return local && !type.host_visible; });
      add(info, [](const Type&, bool local) { return local; });
      last_resort_ = count_;
      add(info, [](const Type&, bool) { return true; });
      return;
    case GpuMemoryIntent::HostVisible:
      add(info, [](const Type& type, bool local) {
        return local && type.host_visible && type.host_coherent;
      });
      add(info, coherent);
      return;
    case GpuMemoryIntent::HostCached:
      add(info, [](const Type& type, bool) {
        return type.host_visible && type.host_cached && type.host_coherent;
      });
      add(info, cached);
      add(info, coherent);
      return;
    case GpuMemoryIntent::Staging:
      add(info, [](const Type& type, bool local) {
        return !local && type.host_visible && type.host_coherent;
      });
      last_resort_ = count_;
      add(info, coherent);
      return;
    case GpuMemoryIntent::Readback:
      add(info, [](const Type& type, bool local) {
        return !local && type.host_visible && type.host_cached && type.host_coherent;
      });
      add(info, cached);
      add(info, coherent);
      return;
  }
}

}  // namespace framealloc::gpu::detail
