// SPDX-License-Identifier: MIT OR Apache-2.0
// The buffers of a host device, so that threads that make and end them together do not meet.
#pragma once

#include "device/brief_lock.hpp"
#include "device/thread_lane.hpp"
#include "host/handle_table.hpp"

#include <framealloc/gpu/backend.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace framealloc::gpu::detail {

struct HostBuffer {
  std::size_t size = 0;
  BufferUsage usage = BufferUsage::None;
  DeviceNeeds needs;
  std::uint64_t memory = 0;  // 0: not bound
  std::size_t offset = 0;    // in it
};

// A buffer lies in the lane of the thread that made it, under the lane's lock; its handle says in
// which. What is changed under Exclusive alone may be read under any lane's lock. Thread contract:
// any thread.
class BufferLanes {
 public:
  // Holds the locks of all lanes. Requirement: no lane's lock is held.
  class Exclusive {
   public:
    explicit Exclusive(BufferLanes& lanes) noexcept : lanes_(lanes) {
      for (Lane& lane : lanes_.lanes_) lane.lock.lock();
    }
    Exclusive(const Exclusive&) = delete;
    Exclusive& operator=(const Exclusive&) = delete;
    ~Exclusive() {
      for (Lane& lane : lanes_.lanes_) lane.lock.unlock();
    }

   private:
    BufferLanes& lanes_;
  };

  // Result: its handle; 0 when there is no memory.
  [[nodiscard]] std::uint64_t insert(const HostBuffer& buffer) noexcept {
    const std::uint64_t number = thread_lane();
    Lane& lane = lanes_[number];
    const std::lock_guard<BriefLock> guard(lane.lock);
    const std::uint64_t handle = lane.buffers.insert(buffer);
    if (handle == 0) return 0;
    if ((handle & kNumber) != 0) {  // half a billion buffers
      lane.buffers.erase(handle);
      return 0;
    }
    ++lane.created;
    return handle | number << kShift;
  }
  // Effect: use(buffer) under its lane's lock; the buffer is null for a handle that is not live.
  // Result: that of use().
  template <class F>
  auto with(std::uint64_t handle, F&& use) noexcept {
    Lane& lane = lane_of(handle);
    const std::lock_guard<BriefLock> guard(lane.lock);
    return use(lane.buffers.find(handle & ~kNumber));
  }
  // Effect: copies what is known of the buffer. Result: false for a handle that is not live.
  [[nodiscard]] bool look(std::uint64_t handle, HostBuffer& buffer) noexcept {
    return with(handle, [&](const HostBuffer* found) {
      if (found != nullptr) buffer = *found;
      return found != nullptr;
    });
  }
  // The same, and the handle is not live any more.
  [[nodiscard]] bool take(std::uint64_t handle, HostBuffer& buffer) noexcept {
    Lane& lane = lane_of(handle);
    const std::lock_guard<BriefLock> guard(lane.lock);
    const HostBuffer* const found = lane.buffers.find(handle & ~kNumber);
    if (found == nullptr) return false;
    buffer = *found;
    lane.buffers.erase(handle & ~kNumber);
    return true;
  }
  struct Figures {
    std::uint64_t created = 0;
    std::size_t live = 0;
  };
  [[nodiscard]] Figures figures() noexcept {
    Figures sum;
    for (Lane& lane : lanes_) {
      const std::lock_guard<BriefLock> guard(lane.lock);
      sum.created += lane.created;
      sum.live += lane.buffers.live();
    }
    return sum;
  }

 private:
  struct alignas(128) Lane {
    BriefLock lock;
    HandleTable<HostBuffer> buffers;
    std::uint64_t created = 0;
  };
  // Of a handle the bits that say the lane: the uppermost of those that are a slot in a table.
  static constexpr unsigned kShift = 29;
  static constexpr std::uint64_t kNumber = std::uint64_t{kLanes - 1} << kShift;
  static_assert(kLanes == 8, "three bits are a lane's number");
  [[nodiscard]] Lane& lane_of(std::uint64_t handle) noexcept {
    return lanes_[(handle & kNumber) >> kShift];
  }
  std::array<Lane, kLanes> lanes_;
};

}  // namespace framealloc::gpu::detail
