// SPDX-License-Identifier: MIT OR Apache-2.0
#include "diag/event_history.hpp"

#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/text.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

namespace framealloc {

std::string LifecycleSummary::to_string() const {
  Text<512> text;
  text.append(total_frames).append(" frames, ").append(thread_count).append(" threads, ");
  text.append_bytes(total_allocated).append(" allocated, most frame memory at once ");
  text.append_bytes(peak_memory).append(", ").append(cross_thread_frees);
  text.append(" frees across threads, longest frame ").append(max_duration_us).append(" us");
  return std::string(text.view());
}

namespace detail {

EventHistory::EventHistory(MetadataAllocator& metadata) noexcept : metadata_(metadata) {
  this->destroy = [](Instance& instance, Kept* self) noexcept {
    instance.metadata().destroy(static_cast<EventHistory*>(self));
  };
}

EventHistory::~EventHistory() { metadata_.deallocate(records_, capacity_ * sizeof(FrameRecord)); }

bool EventHistory::restart(std::size_t frames) noexcept {
  const std::size_t wanted = std::max<std::size_t>(frames, 1);
  if (wanted > SIZE_MAX / sizeof(FrameRecord)) return false;
  void* const memory = metadata_.allocate(wanted * sizeof(FrameRecord));
  if (memory == nullptr) return false;
  auto* fresh = static_cast<FrameRecord*>(memory);
  std::uninitialized_default_construct_n(fresh, wanted);
  std::size_t former = wanted;
  {
    const std::lock_guard guard(lock_);
    std::swap(records_, fresh);
    std::swap(capacity_, former);
    written_ = 0;
    peak_memory_ = 0;
    total_duration_us_ = max_duration_us_ = 0;
  }
  metadata_.deallocate(fresh, former * sizeof(FrameRecord));
  return true;
}

void EventHistory::on_event(const FrameEvent& event) noexcept {
  if (event.kind != FrameEventKind::FrameEnd || event.own_frame) return;
  FrameRecord record;
  record.frame_number = event.frame_number;
  record.end_ns = event.timestamp_ns;
  record.duration_us = event.duration_us;
  record.total_allocated = event.total_allocated;
  record.peak_memory = event.peak_memory;
  record.bytes_in_use = event.bytes_in_use;
  record.reserved = event.reserved;
  const std::lock_guard guard(lock_);
  if (capacity_ == 0) return;
  records_[written_ % capacity_] = record;
  ++written_;
  peak_memory_ = std::max(peak_memory_, record.peak_memory);
  total_duration_us_ += record.duration_us;
  max_duration_us_ = std::max(max_duration_us_, record.duration_us);
}

std::size_t EventHistory::capacity() const noexcept {
  const std::lock_guard guard(lock_);
  return capacity_;
}

std::vector<FrameRecord> EventHistory::frames() const {
  std::vector<FrameRecord> copy;
  copy.reserve(capacity());  // not under the lock
  const std::lock_guard guard(lock_);
  const std::uint64_t kept = std::min<std::uint64_t>({written_, capacity_, copy.capacity()});
  for (std::uint64_t i = written_ - kept; i < written_; ++i) {
    copy.push_back(records_[i % capacity_]);
  }
  return copy;
}

void EventHistory::add_to(LifecycleSummary& summary) const noexcept {
  const std::lock_guard guard(lock_);
  summary.total_frames += written_;
  summary.peak_memory = std::max(summary.peak_memory, peak_memory_);
  summary.total_duration_us += total_duration_us_;
  summary.max_duration_us = std::max(summary.max_duration_us, max_duration_us_);
}

}  // namespace detail
}  // namespace framealloc
