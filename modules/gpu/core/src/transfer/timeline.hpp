// SPDX-License-Identifier: MIT OR Apache-2.0
// Serials: what was submitted, and how far the GPU has come.
#pragma once

#include "device/completion.hpp"
#include "device/gpu_core.hpp"
#include "device/serial.hpp"

#include <framealloc/gpu/ticket.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>

namespace framealloc::gpu::detail {

// Gives serials out in the order of the queue, and remembers which serial of the backend's each
// submission has: those of other allocators on it may lie between. Thread contract: any thread; submissions one at a
// time, which the caller of the allocator guards.
class Timeline final : public Completion {
 public:
  explicit Timeline(GpuCore& core) noexcept : core_(core) {}
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;
  ~Timeline();

  [[nodiscard]] std::uint64_t completed() noexcept override;
  [[nodiscard]] DeviceStatus wait(std::uint64_t serial,
                                  std::chrono::nanoseconds timeout) noexcept override;
  [[nodiscard]] DeviceStatus wait_idle() noexcept override;
  void begin_frame(std::uint64_t frame) noexcept override;
  [[nodiscard]] DeviceStatus end_frame(std::uint64_t frame) noexcept override;
  // Effect: as end_frame(), in one submission with the copies, which the backend has said it can;
  // where it does not take them, the frame ends without. `ended` is the result of end_frame().
  // Result: that of the copies.
  [[nodiscard]] DeviceStatus end_frame_with(std::uint64_t frame,
                                            std::span<const CopyCommand> copies,
                                            DeviceStatus& ended) noexcept;
  void run_callbacks() noexcept override;
  void shut_down() noexcept override;

  // Effect: one submission of the copies. `serial` is that of the submission, and stays as it is
  // where the result is not Ok.
  [[nodiscard]] DeviceStatus submit(std::span<const CopyCommand> commands,
                                    std::uint64_t& serial) noexcept;
  // Result: the serial that the next submission gets.
  [[nodiscard]] std::uint64_t next_serial() const noexcept {
    return next_.load(std::memory_order_relaxed);
  }
  // Effect: see GpuAllocator::on_complete(). Result: false without bookkeeping memory.
  bool on_complete(std::uint64_t serial, void (*function)(void* context), void* context) noexcept;

 private:
  // A submission that is not known to be complete.
  struct Sent {
    std::uint64_t serial = 0;
    std::uint64_t at_backend = 0;
  };
  // Of more, some are known to be complete only when the next one is.
  static constexpr std::size_t kMostSent = 512;
  struct Callback {
    std::uint64_t serial;
    void (*function)(void* context);
    void* context;
    Callback* next;
  };
  void run_until(std::uint64_t completed) noexcept;
  void note_end(std::uint64_t frame, DeviceStatus status) noexcept;
  // Effect: takes note of the submission that is about to be made: another thread may see that it is
  // complete before the call of the backend returns. Result: its serial at the backend.
  [[nodiscard]] std::uint64_t note_sent(std::uint64_t serial) noexcept;
  // Effect: the one that was noted last has not been made.
  void forget_sent(std::uint64_t serial) noexcept;
  [[nodiscard]] Sent& sent(std::size_t index) noexcept {
    return sent_[(first_sent_ + index) % kMostSent];
  }

  GpuCore& core_;
  std::atomic<std::uint64_t> next_{first_serial(1)};
  std::atomic<std::uint64_t> submitted_{0};  // highest that the backend has taken
  std::atomic<std::uint64_t> given_{0};      // highest that is over, taken or not
  std::atomic<std::uint64_t> idle_{0};       // complete because the device was idle
  std::atomic<std::uint64_t> reached_{0};    // highest that is known to be complete
  std::atomic<std::size_t> sent_count_{0};   // of `sent_`, changed under its mutex
  std::mutex sent_mutex_;
  std::size_t first_sent_ = 0;
  std::array<Sent, kMostSent> sent_;
  std::mutex mutex_;  // of the callbacks
  Callback* callbacks_ = nullptr;
  std::atomic<bool> any_callbacks_{false};
};

}  // namespace framealloc::gpu::detail
