// SPDX-License-Identifier: MIT OR Apache-2.0
#include "unified_state.hpp"

#include <new>

namespace framealloc::coordinator::detail {

UnifiedState* UnifiedState::make(const SmartAlloc& cpu) noexcept {
  void* const place = cpu.bookkeeping_alloc(sizeof(UnifiedState));
  return place == nullptr ? nullptr : ::new (place) UnifiedState(cpu);
}

void UnifiedState::let_go() noexcept {
  if (shares_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const SmartAlloc cpu(std::move(cpu_));
  this->~UnifiedState();
  cpu.bookkeeping_free(this, sizeof(UnifiedState));
}

gpu::Ticket UnifiedState::end_of_frame(const gpu::GpuAllocator& gpu) const noexcept {
  const bool open = frame_open.load(std::memory_order_acquire);
  return gpu::Ticket::end_of_frame(gpu.current_frame() + (open ? 0 : 1));
}

void UnifiedState::notice_submission() noexcept {
  if (!has_batch_ || !recorded_ || !batch_.empty()) return;
  remembered(recording_) = {recording_, at_latest_, false};
  ++recording_;
  has_batch_ = recorded_ = false;
  submitted_unseen_ = true;
}

void UnifiedState::begin_batch(gpu::GpuAllocator& gpu) noexcept {
  notice_submission();
  if (has_batch_) return;
  batch_ = gpu.begin_transfer();
  has_batch_ = true;
  at_latest_ = end_of_frame(gpu);
}

Error UnifiedState::nested() const noexcept {
  return {Code::FA011,
          "a handler that a transfer call runs may let buffers go, but not transfer or submit"};
}

Result<gpu::Ticket> UnifiedState::submit() noexcept {
  const std::lock_guard held(mutex_);
  if (recording_now_) return nested();
  notice_submission();
  if (!has_batch_ || !recorded_) return last_;
  gpu::TransferBatch batch = std::move(batch_);
  has_batch_ = recorded_ = false;
  const std::uint64_t number = recording_++;
  remembered(number) = {number, at_latest_, false};
  Result<gpu::Ticket> ticket = batch.submit();
  if (ticket) {
    last_ = *ticket;
    submitted_unseen_ = false;
  }
  remembered(number) = {number, last_, !ticket};
  return ticket;
}

void UnifiedState::end_readback(gpu::Readback readback) noexcept {
  const std::lock_guard held(mutex_);
  const gpu::Readback ending = std::move(readback);
}

bool UnifiedState::has_arrived(const gpu::Readback& readback) noexcept {
  const std::lock_guard held(mutex_);
  return readback.ready();
}

bool UnifiedState::waits_for_submission(gpu::Ticket ticket) noexcept {
  const std::lock_guard held(mutex_);
  notice_submission();
  return has_batch_ && recorded_ && ticket >= at_latest_;
}

std::optional<gpu::Ticket> UnifiedState::reachable(const gpu::GpuAllocator& gpu,
                                                   gpu::Ticket ticket) noexcept {
  const std::lock_guard held(mutex_);
  if (ticket != end_of_frame(gpu)) return ticket;
  return submitted_unseen_ ? std::nullopt : std::optional(last_);
}

gpu::Ticket UnifiedState::ticket_of(std::uint64_t number) noexcept {
  if (number == 0) return {};
  const std::lock_guard held(mutex_);
  if (number >= recording_) return at_latest_;
  const Submission& submission = remembered(number);
  if (submission.number != number) return remembered(recording_).ticket;  // the oldest one
  return submission.failed ? gpu::Ticket() : submission.ticket;
}

void UnifiedState::drop_batch() noexcept {
  const std::lock_guard held(mutex_);
  if (!has_batch_) return;
  batch_ = gpu::TransferBatch();
  has_batch_ = recorded_ = false;
  remembered(recording_) = {recording_, last_, true};
  ++recording_;
}

}  // namespace framealloc::coordinator::detail
