// SPDX-License-Identifier: MIT OR Apache-2.0
#include "unified_state.hpp"

#include <new>
#include <utility>

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
  at_latest_ = gpu.frame_end();
}

Error UnifiedState::nested() const noexcept {
  return {Code::FA011,
          "a handler that a transfer call runs may let buffers go, but not transfer or submit"};
}

std::uint64_t UnifiedState::take_batch(gpu::TransferBatch& batch) noexcept {
  notice_submission();
  if (!has_batch_ || !recorded_) return 0;
  batch = std::move(batch_);
  has_batch_ = recorded_ = false;
  const std::uint64_t number = recording_++;
  remembered(number) = {number, at_latest_, false};
  return number;
}

void UnifiedState::note_submission(std::uint64_t number, gpu::Ticket ticket) noexcept {
  const bool failed = ticket.serial == 0;
  if (!failed) {
    last_ = ticket;
    submitted_unseen_ = false;
  }
  remembered(number) = {number, last_, failed};
}

Result<gpu::Ticket> UnifiedState::submit() noexcept {
  const std::lock_guard held(mutex_);
  if (recording_now_) return nested();
  gpu::TransferBatch batch;
  const std::uint64_t number = take_batch(batch);
  if (number == 0) return last_;
  Result<gpu::Ticket> ticket = batch.submit();
  note_submission(number, ticket ? *ticket : gpu::Ticket());
  return ticket;
}

Result<gpu::Ticket> UnifiedState::end_frame(gpu::GpuAllocator& gpu) noexcept {
  gpu::TransferBatch batch;
  std::uint64_t number = 0;
  {
    const std::lock_guard held(mutex_);
    if (recording_now_) {
      (void)gpu.end_gpu_frame();
      return nested();
    }
    number = take_batch(batch);
  }
  if (number == 0) return gpu.end_gpu_frame();
  gpu::Ticket copies;
  Result<gpu::Ticket> ended = gpu.end_gpu_frame(std::move(batch), &copies);
  const std::lock_guard held(mutex_);
  note_submission(number, copies);
  return ended;
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
  if (ticket != gpu.frame_end()) return ticket;
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
