// SPDX-License-Identifier: MIT OR Apache-2.0
#include "transfer/timeline.hpp"

#include <algorithm>
#include <new>

namespace framealloc::gpu::detail {

Timeline::~Timeline() {
  while (callbacks_ != nullptr) {
    Callback* const callback = callbacks_;
    callbacks_ = callback->next;
    core_.host.bookkeeping_free(callback, sizeof(Callback));
  }
}

std::uint64_t Timeline::completed() noexcept {
  if (sent_count_.load(std::memory_order_acquire) != 0) {
    const std::uint64_t at_backend = core_.backend.completed();
    const std::lock_guard<std::mutex> guard(sent_mutex_);
    std::size_t count = sent_count_.load(std::memory_order_relaxed);
    std::uint64_t reached = 0;
    for (; count != 0 && sent(0).at_backend <= at_backend; --count) {
      reached = sent(0).serial;
      first_sent_ = (first_sent_ + 1) % kMostSent;
    }
    raise_to(reached_, reached);
    sent_count_.store(count, std::memory_order_release);
  }
  return std::max(reached_.load(std::memory_order_acquire), idle_.load(std::memory_order_acquire));
}

std::uint64_t Timeline::note_sent(std::uint64_t serial) noexcept {
  const std::uint64_t at_backend = core_.backend.take_serial();
  const std::lock_guard<std::mutex> guard(sent_mutex_);
  std::size_t count = sent_count_.load(std::memory_order_relaxed);
  if (count == kMostSent) {
    // Every second one: what came before it is complete with it.
    for (std::size_t i = 0; i < count / 2; ++i) sent(i) = sent(2 * i + 1);
    count /= 2;
  }
  sent(count) = {serial, at_backend};
  sent_count_.store(count + 1, std::memory_order_release);
  return at_backend;
}

void Timeline::forget_sent(std::uint64_t serial) noexcept {
  const std::lock_guard<std::mutex> guard(sent_mutex_);
  const std::size_t count = sent_count_.load(std::memory_order_relaxed);
  if (count != 0 && sent(count - 1).serial == serial)
    sent_count_.store(count - 1, std::memory_order_release);
}

DeviceStatus Timeline::wait(std::uint64_t serial, std::chrono::nanoseconds timeout) noexcept {
  if (serial <= completed()) return DeviceStatus::Ok;
  if (serial <= submitted_.load(std::memory_order_acquire)) {
    std::uint64_t at_backend = 0;
    {
      const std::lock_guard<std::mutex> guard(sent_mutex_);
      const std::size_t count = sent_count_.load(std::memory_order_relaxed);
      for (std::size_t i = 0; i < count && at_backend == 0; ++i)
        if (sent(i).serial >= serial) at_backend = sent(i).at_backend;
    }
    // Another thread has just seen that it is complete.
    if (at_backend == 0) return DeviceStatus::Ok;
    return core_.backend.wait(at_backend, timeout);
  }
  // The signal of its frame has failed: what the queue was given until then is all there is.
  if (serial <= given_.load(std::memory_order_acquire)) return wait_idle();
  return DeviceStatus::Failed;
}

DeviceStatus Timeline::wait_idle() noexcept {
  const std::uint64_t given =
      std::max(given_.load(std::memory_order_acquire), submitted_.load(std::memory_order_acquire));
  const DeviceStatus status = core_.backend.wait_idle();
  if (status == DeviceStatus::Ok) raise_to(idle_, given);
  return status;
}

void Timeline::begin_frame(std::uint64_t) noexcept {}

DeviceStatus Timeline::end_frame(std::uint64_t frame) noexcept {
  const DeviceStatus status = core_.backend.signal(note_sent(end_serial(frame)));
  note_end(frame, status);
  return status;
}

DeviceStatus Timeline::end_frame_with(std::uint64_t frame, std::span<const CopyCommand> copies,
                                      DeviceStatus& ended) noexcept {
  // Without copies another thread has submitted them, for a readback that it waits for.
  if (copies.empty()) return ended = end_frame(frame), DeviceStatus::Ok;
  const std::uint64_t at_backend = note_sent(end_serial(frame));
  const DeviceStatus taken = core_.backend.submit_and_signal(copies, at_backend);
  ended = taken;
  if (taken != DeviceStatus::Ok && taken != DeviceStatus::Lost)
    ended = core_.backend.signal(at_backend);
  note_end(frame, ended);
  return taken;
}

void Timeline::note_end(std::uint64_t frame, DeviceStatus status) noexcept {
  const std::uint64_t serial = end_serial(frame);
  if (status == DeviceStatus::Ok)
    raise_to(submitted_, serial);
  else
    forget_sent(serial);
  raise_to(given_, serial);
  next_.store(first_serial(frame + 1), std::memory_order_relaxed);
}

DeviceStatus Timeline::submit(std::span<const CopyCommand> commands,
                              std::uint64_t& serial) noexcept {
  const std::uint64_t number = next_.load(std::memory_order_relaxed);
  if ((number & kLastNumber) == kLastNumber)
    return DeviceStatus::Failed;  // that is the frame's end
  const DeviceStatus status = core_.backend.submit(commands, note_sent(number), Ticket{number});
  if (status != DeviceStatus::Ok) {
    forget_sent(number);
    return status;
  }
  next_.store(number + 1, std::memory_order_relaxed);
  raise_to(submitted_, number);
  serial = number;
  return status;
}

bool Timeline::on_complete(std::uint64_t serial, void (*function)(void* context),
                           void* context) noexcept {
  if (serial <= completed()) {
    function(context);
    return true;
  }
  void* const block = core_.host.bookkeeping_alloc(sizeof(Callback));
  if (block == nullptr) return false;
  const std::lock_guard<std::mutex> guard(mutex_);
  callbacks_ = ::new (block) Callback{serial, function, context, callbacks_};
  any_callbacks_.store(true, std::memory_order_relaxed);
  return true;
}

void Timeline::run_callbacks() noexcept {
  if (any_callbacks_.load(std::memory_order_relaxed)) run_until(completed());
}

void Timeline::shut_down() noexcept { run_until(~std::uint64_t{0}); }

void Timeline::run_until(std::uint64_t completed) noexcept {
  for (;;) {
    Callback* due = nullptr;
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      Callback** earliest = nullptr;  // the one that was asked for first, where serials are equal
      for (Callback** link = &callbacks_; *link != nullptr; link = &(*link)->next)
        if ((*link)->serial <= completed &&
            (earliest == nullptr || (*link)->serial <= (*earliest)->serial))
          earliest = link;
      if (earliest == nullptr) {
        any_callbacks_.store(callbacks_ != nullptr, std::memory_order_relaxed);
        return;
      }
      due = *earliest;
      *earliest = due->next;
    }
    due->function(due->context);
    core_.host.bookkeeping_free(due, sizeof(Callback));
  }
}

}  // namespace framealloc::gpu::detail
