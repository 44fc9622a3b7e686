// SPDX-License-Identifier: MIT OR Apache-2.0
// The devices whose memory an allocator shows beside its own.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/sync/event_count.hpp>
#include <framealloc/figures.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// One per allocator. Allocates nothing. Thread contract: any thread.
class DeviceRegister {
 public:
  static constexpr std::size_t kMaxDevices = 8;

  DeviceRegister() = default;
  DeviceRegister(const DeviceRegister&) = delete;
  DeviceRegister& operator=(const DeviceRegister&) = delete;

  // Result: false when all places are taken, or it has one already.
  [[nodiscard]] bool add(DeviceFigureSource& source) noexcept;
  // Effect: `source` is asked nothing any more; returns when no other thread is in it. From inside
  // visit() of this register it does not wait. Result: false when it had no place.
  bool remove(DeviceFigureSource& source) noexcept;
  // Effect: every source shows its figures, in the order of their places. No lock is held.
  void visit(const DeviceFigureVisitor& visit) const;
  [[nodiscard]] bool empty() const noexcept;

 private:
  struct Place {
    std::atomic<DeviceFigureSource*> source{nullptr};
    std::atomic<std::uint32_t> users{0};  // threads that are in it or about to look at it
  };
  mutable Place places_[kMaxDevices];
  mutable EventCount left_;
};

}  // namespace framealloc::detail
