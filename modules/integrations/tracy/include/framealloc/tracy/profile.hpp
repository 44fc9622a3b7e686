// SPDX-License-Identifier: MIT OR Apache-2.0
// Shows an allocator in the Tracy profiler: frames, plots of bytes by kind, messages, memory.
#pragma once

#include <framealloc/framealloc.hpp>
#include <framealloc/tracy/calls.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace framealloc::tracing {

// What Tracy shows things under. Each text must live as long as the program; two allocators in one
// program need different ones.
struct Names {
  const char* frame = nullptr;  // of the frame's mark; null: Tracy's main frame
  const char* frame_bytes = "framealloc frame";
  const char* pool_bytes = "framealloc pool";
  const char* heap_bytes = "framealloc heap";
  const char* reserved_bytes = "framealloc reserved";
  const char* device_frame = "device frame";  // of the mark of a device's frame
  const char* device_bytes = "device memory used";
  const char* device_reserved_bytes = "device memory reserved";
  // Pools of memory. Frames take turns, as the frames in flight do: 4 at most.
  std::array<const char*, 4> frame_memory{"frame memory", "frame memory 2", "frame memory 3",
                                          "frame memory 4"};
  const char* block_memory = "pool and heap memory";
};

// While it lives: at each end of a frame it discards what was told of the frame's memory, plots
// bytes by kind and marks the frame; where a module has registered devices, it plots what they hold
// and marks their frames as well. A denied budget and memory pressure become messages. It
// switches lifecycle tracking on, which costs microseconds per frame (docs/events.md).
//
// Events do not name blocks. Those that Tracy shall show one by one are taken through this object.
// Without Tracy everything works and nothing is told. Thread contract: made and destroyed on the
// thread that drives frames; the other members on any thread.
class Profile {
 public:
  explicit Profile(SmartAlloc alloc, const Names& names = {})
      : alloc_(std::move(alloc)), names_(names) {
    if (!kHasTracy || !alloc_) return;
    in_flight_ = alloc_.config().frames_in_flight;
    for (const char* const plot :
         {names_.frame_bytes, names_.pool_bytes, names_.heap_bytes, names_.reserved_bytes}) {
      calls::plot_as_memory(plot);
    }
    if (!alloc_.is_lifecycle_tracking_enabled()) (void)alloc_.enable_lifecycle_tracking();
    subscription_ =
        alloc_.on_frame_event(&Profile::listen, this,
                              events(FrameEventKind::FrameEnd, FrameEventKind::BudgetExceeded,
                                     FrameEventKind::MemoryPressure, FrameEventKind::GpuFrameEnd,
                                     FrameEventKind::GpuBudgetDenied));
  }
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;

  // Result: whether frames are told: there is Tracy, and the allocator had a place for a listener.
  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(subscription_); }

  // As SmartAlloc's, and told. Frame memory is discarded for Tracy when it ends for the program.
  // Memory of a thread's own frame (begin_thread_frame()) ends at other times: take it untold.
  template <class T>
  [[nodiscard]] T* frame_alloc(std::size_t count = 1,
                               CallSite site = CallSite::current()) noexcept {
    T* const block = alloc_.frame_alloc_batch<T>(count, site);
    if (kHasTracy && block != nullptr) {
      const std::size_t turn = turn_of(alloc_.frame_number());
      told_[turn].store(true, std::memory_order_relaxed);
      calls::took(block, count * sizeof(T), names_.frame_memory[turn]);
    }
    return block;
  }
  template <class T>
  [[nodiscard]] T* pool_alloc(CallSite site = CallSite::current()) noexcept {
    T* const block = alloc_.pool_alloc<T>(site);
    if (block != nullptr) calls::took(block, sizeof(T), names_.block_memory);
    return block;
  }
  template <class T>
  void pool_free(T* block, CallSite site = CallSite::current()) noexcept {
    // Told first: another thread may get the block as soon as it is free.
    if (block != nullptr) calls::gave_back(block, names_.block_memory);
    alloc_.pool_free(block, site);
  }
  template <class T>
  [[nodiscard]] T* heap_alloc(std::size_t count = 1, CallSite site = CallSite::current()) noexcept {
    T* const block = alloc_.heap_alloc<T>(count, site);
    if (block != nullptr) calls::took(block, count * sizeof(T), names_.block_memory);
    return block;
  }
  template <class T>
  void heap_free(T* block, CallSite site = CallSite::current()) noexcept {
    if (block != nullptr) calls::gave_back(block, names_.block_memory);
    alloc_.heap_free(block, site);
  }

 private:
  static constexpr std::uint32_t kDenied = 0xE04040;  // colors, as 0xRRGGBB
  static constexpr std::uint32_t kPressure = 0xE0A040;

  [[nodiscard]] std::size_t turn_of(std::uint64_t frame) const noexcept {
    return static_cast<std::size_t>(frame % in_flight_);
  }
  static void listen(const FrameEvent& event, void* self) {
    static_cast<Profile*>(self)->on_event(event);
  }
  void on_event(const FrameEvent& event) noexcept {
    switch (event.kind) {
      case FrameEventKind::FrameEnd:
        if (!event.own_frame) end_frame(event);
        break;
      case FrameEventKind::BudgetExceeded:
        tell("budget denied", event, event.size, kDenied);
        break;
      case FrameEventKind::GpuBudgetDenied:
        tell("device budget denied", event, event.size, kDenied);
        break;
      case FrameEventKind::GpuFrameEnd:
        calls::mark_frame(names_.device_frame);
        break;
      default:
        tell("memory pressure", event, event.size, kPressure);
        break;
    }
  }
  void end_frame(const FrameEvent& event) noexcept {
    // The oldest frame in flight ends now; the next frame takes its turn.
    const std::size_t turn = turn_of(event.frame_number + 1);
    if (told_[turn].exchange(false, std::memory_order_relaxed)) {
      calls::discard(names_.frame_memory[turn]);
    }
    const AllocStats all = alloc_.stats();
    calls::plot(names_.frame_bytes, event.total_allocated);
    calls::plot(names_.pool_bytes, all.pool_allocated);
    calls::plot(names_.heap_bytes, all.heap_allocated);
    calls::plot(names_.reserved_bytes, event.reserved);
    plot_devices();
    calls::mark_frame(names_.frame);
  }
  void plot_devices() noexcept {
    std::size_t devices = 0;
    std::size_t used = 0;
    std::size_t reserved = 0;
    alloc_.visit_devices([&](const DeviceFigures& device) {
      ++devices;
      used += device.allocated_bytes;
      reserved += device.total_bytes;
    });
    if (devices == 0 && !had_devices_) return;
    if (!std::exchange(had_devices_, true)) {
      calls::plot_as_memory(names_.device_bytes);
      calls::plot_as_memory(names_.device_reserved_bytes);
    }
    calls::plot(names_.device_bytes, used);
    calls::plot(names_.device_reserved_bytes, reserved);
  }
  static void tell(std::string_view what, const FrameEvent& event, std::size_t size,
                   std::uint32_t color) noexcept {
    Text<384> text(what);
    if (!event.tag.empty()) text.append(" under ").append(event.tag);
    text.append(": wanted ").append_bytes(size);
    text.append(", used ").append_bytes(event.used).append(" of ").append_bytes(event.limit);
    calls::message(text.view(), color);
  }

  SmartAlloc alloc_;
  Names names_;
  unsigned in_flight_ = 1;
  bool had_devices_ = false;  // of the thread that drives frames
  std::array<std::atomic<bool>, 4> told_{};
  Subscription subscription_;  // last: it ends first, and no listener is in this object then
};

}  // namespace framealloc::tracing
