// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/gpu/readback.hpp>

#include "transfer/batch_state.hpp"

#include <mutex>

namespace framealloc::gpu {

namespace {

using detail::BufferAccess;
using detail::BufferRecord;
using detail::CoreRef;
using detail::ReadbackState;

[[nodiscard]] Error ended(std::string_view text) noexcept {
  Error error;
  error.code = Code::FA419;
  error.message.append(text);
  return error;
}

}  // namespace

void Readback::let_go() noexcept {
  ReadbackState* const state = state_;
  detail::BatchState& batch = state->batch;
  {
    // The copy stays recorded: its destination is pinned until the batch is submitted.
    const std::lock_guard held(batch.mutex);
    for (ReadbackState** link = &batch.readbacks; *link != nullptr; link = &(*link)->next) {
      if (*link != state) continue;
      *link = state->next;
      break;
    }
  }
  detail::let_go(&batch);
  const SmartAlloc host = state->host;
  state->~ReadbackState();
  host.bookkeeping_free(state, sizeof(ReadbackState));
}

bool Readback::ready() const noexcept {
  std::uint64_t serial = ticket().serial;
  if (serial == 0 && state_ != nullptr) {
    // A submission may have completed before it is noted down here. Who knows that it has must not be
    // told that it has not: what submits holds the mutex until it is noted.
    const std::lock_guard held(state_->batch.mutex);
    serial = ticket().serial;
  }
  if (serial == 0) return false;
  const CoreRef core = state_->link.core();
  return core && core->completion->completed() >= serial;
}

Ticket Readback::ticket() const noexcept {
  return Ticket{state_ == nullptr ? 0 : state_->serial.load(std::memory_order_acquire)};
}

Result<std::span<const std::byte>> Readback::wait(std::chrono::nanoseconds timeout) noexcept {
  const CoreRef core = state_ == nullptr ? CoreRef() : state_->link.core();
  if (!core) return ended("there is no readback, or its allocator has ended");
  bool is_recorded = false;
  {
    const std::lock_guard held(state_->batch.mutex);
    is_recorded = state_->recorded;
  }
  if (is_recorded) {
    const Result<Ticket> submitted = detail::finish(*core, state_->batch, false);
    if (!submitted) return submitted.error();
  }
  const std::uint64_t serial = state_->serial.load(std::memory_order_acquire);
  if (serial == 0)
    return core->fail(Code::FA419, "a readback whose batch was dropped or refused brings nothing",
                      {});
  const DeviceStatus status = core->completion->wait(serial, timeout);
  if (status == DeviceStatus::Failed && timeout != kForever && core->frame_open())
    return core->wait_failed(DeviceStatus::Timeout, "the readback");
  if (status != DeviceStatus::Ok) return core->wait_failed(status, "the readback");
  BufferRecord& record = *BufferAccess::record(state_->buffer);
  if (record.non_coherent && !state_->fetched) {
    const DeviceStatus fetched = core->invalidate(record, 0, record.size);
    if (fetched != DeviceStatus::Ok) return core->wait_failed(fetched, "the readback");
  }
  state_->fetched = true;
  core->completion->run_callbacks();
  return std::span<const std::byte>(record.mapped.load(std::memory_order_relaxed), record.size);
}

}  // namespace framealloc::gpu
