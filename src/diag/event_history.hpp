// SPDX-License-Identifier: MIT OR Apache-2.0
// Keeps the last frames in figures, from the events that an allocator tells.
#pragma once

#include <framealloc/detail/memory/event_hub.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/detail/thread/kept.hpp>
#include <framealloc/event_history.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace framealloc::detail {

// Lives from the first enable() until the allocator ends. Keeps the latest `capacity` frames: an
// older one makes room. Written when a frame ends, read by any thread.
class EventHistory final : public EventObserver, public Kept {
 public:
  explicit EventHistory(MetadataAllocator& metadata) noexcept;
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
  MetadataAllocator& metadata_;
  mutable SpinLock lock_;
  FrameRecord* records_ = nullptr;
  std::size_t capacity_ = 0;
  std::uint64_t written_ = 0;
  std::size_t peak_memory_ = 0;
  std::uint64_t total_duration_us_ = 0;
  std::uint64_t max_duration_us_ = 0;
};

}  // namespace framealloc::detail
