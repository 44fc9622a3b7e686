// SPDX-License-Identifier: MIT OR Apache-2.0
// The last frames in figures, from the events that an allocator tells.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/memory/event_hub.hpp>
#include <framealloc/detail/memory/metadata.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/detail/thread/thread_services.hpp>
#include <framealloc/memory_graph.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace framealloc {

// One frame of all threads that has ended. Sizes in bytes.
struct FrameRecord {
  std::uint64_t frame_number = 0;
  std::uint64_t end_ns = 0;  // of the monotonic clock
  std::uint64_t duration_us = 0;
  std::size_t total_allocated = 0;  // frame memory held at the frame's end
  std::size_t peak_memory = 0;      // most frame memory held at once
  std::size_t bytes_in_use = 0;     // frame, pool and heap, at its end
  std::size_t reserved = 0;         // from the source, at its end
};

// Since tracking was enabled. Sizes in bytes.
struct LifecycleSummary {
  std::size_t thread_count = 0;
  std::uint64_t total_frames = 0;
  std::size_t total_allocated = 0;  // by all threads: frame, pool and heap
  std::size_t peak_memory = 0;      // most frame memory that a frame held at once
  std::uint64_t cross_thread_frees = 0;
  std::uint64_t total_duration_us = 0;
  std::uint64_t max_duration_us = 0;
  [[nodiscard]] std::string to_string() const;
};

namespace detail {

// Lives from the first enable() until the allocator ends. Keeps the latest `capacity` frames: an
// older one makes room. Written when a frame ends, read by any thread.
class FRAMEALLOC_API EventHistory final : public EventObserver, public ThreadServices::Kept {
 public:
  static constexpr std::size_t kDefaultFrames = 300;
  explicit EventHistory(Metadata& metadata) noexcept;
  ~EventHistory();
  EventHistory(const EventHistory&) = delete;
  EventHistory& operator=(const EventHistory&) = delete;

  // Effect: forgets everything and makes room for `frames` frames. Result: false, and everything
  // stays as it was, when there is no memory for them.
  [[nodiscard]] bool restart(std::size_t frames) noexcept;
  void on_event(const FrameEvent& event) noexcept override;

  [[nodiscard]] std::size_t capacity() const noexcept;
  // Result: the frames that are kept, oldest first.
  [[nodiscard]] std::vector<FrameRecord> frames() const;
  // Effect: adds what the history knows to `summary`.
  void add_to(LifecycleSummary& summary) const noexcept;

 private:
  Metadata& metadata_;
  mutable SpinLock lock_;
  FrameRecord* records_ = nullptr;
  std::size_t capacity_ = 0;
  std::uint64_t written_ = 0;
  std::size_t peak_memory_ = 0;
  std::uint64_t total_duration_us_ = 0;
  std::uint64_t max_duration_us_ = 0;
};

}  // namespace detail
}  // namespace framealloc
