// SPDX-License-Identifier: MIT OR Apache-2.0
// A bounded channel of transfers between coroutines.
#pragma once

#include <framealloc/async/wait_room.hpp>
#include <framealloc/transfer_channel.hpp>

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace framealloc::async {

/// First in, first out, for any number of senders and receivers: TransferChannel for coroutines.
/// Sending moves a handle of a few words, never the object. The ring is made with the channel, in
/// the allocator's heap; afterward nothing allocates: a waiter is a node in its own frame, and a
/// waiting receiver gets its transfer without the ring.
///
/// A full channel does what BackPressure says. No clock wakes a coroutine: a sender whose time has
/// run out goes on, with TimedOut, at the next call of send(), receive() or expire().
/// Thread contract: any thread; a woken task continues inside the call that woke it, as
/// Semaphore::release() says. Requirement: the channel dies before its allocator, when no thread is
/// in one of its calls; it is closed then, and transfers still in it are dropped (FA206 for each).
template <class T>
class Channel {
 public:
  /// Effect: makes a channel for `capacity` transfers (0 counts as 1). Without memory for it (which
  /// is reported) it is closed from the beginning.
  Channel(const SmartAlloc& alloc, std::size_t capacity, BackPressure policy = BackPressure::wait(),
          CallSite site = CallSite::current())
      : alloc_(alloc), capacity_(capacity == 0 ? 1 : capacity), policy_(policy) {
    ring_ = static_cast<TransferHandle<T>*>(alloc_.heap_alloc_bytes(
        saturating_bytes(capacity_, sizeof(TransferHandle<T>)), alignof(TransferHandle<T>), site));
    closed_ = ring_ == nullptr;
    if (!closed_) std::uninitialized_default_construct_n(ring_, capacity_);
  }
  ~Channel() {
    close();
    if (ring_ == nullptr) return;
    std::destroy_n(ring_, capacity_);
    alloc_.heap_free_bytes(ring_);
  }
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

 private:
  using Clock = std::chrono::steady_clock;

 public:
  class Send : detail::Waiter {
   public:
    Send(Channel& channel, TransferHandle<T>& handle) noexcept
        : channel_(channel), handle_(handle) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    [[nodiscard]] FRAMEALLOC_NOINLINE bool await_suspend(std::coroutine_handle<Promise> coroutine) {
      this->waits(coroutine);
      return channel_.begin_send(*this);
    }
    [[nodiscard]] SendResult await_resume() const noexcept { return result_; }

   private:
    friend class Channel;
    Channel& channel_;
    TransferHandle<T>& handle_;
    SendResult result_ = SendResult::Closed;
    Clock::time_point deadline_{};
  };
  class Receive : detail::Waiter {
   public:
    explicit Receive(Channel& channel) noexcept : channel_(channel) {}
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    template <class Promise>
    [[nodiscard]] FRAMEALLOC_NOINLINE bool await_suspend(std::coroutine_handle<Promise> coroutine) {
      this->waits(coroutine);
      return channel_.begin_receive(*this);
    }
    [[nodiscard]] TransferHandle<T> await_resume() noexcept { return std::move(handle_); }

   private:
    friend class Channel;
    Channel& channel_;
    TransferHandle<T> handle_;
  };

  /// Effect: awaited, hands the transfer on, marked as sent. Result: unless it is Sent, `handle` is
  /// unchanged and still yours. A handle of nothing is refused as Nothing.
  [[nodiscard]] auto send(TransferHandle<T>&& handle) noexcept { return Send(*this, handle); }
  /// Result: awaited, the oldest transfer; a handle of nothing when the channel is closed and
  /// empty. What a coroutine was given that is destroyed before it goes on is dropped (FA206).
  [[nodiscard]] auto receive() noexcept { return Receive(*this); }

  /// Effect: refuses what is sent from now on; senders that wait go on with Closed, receivers with
  /// nothing. What is in the channel can still be received.
  void close() noexcept {
    detail::RunQueue woken;
    {
      const std::lock_guard lock(room_.mutex());
      closed_ = true;
      while (Send* const sender = first_sender()) finish(*sender, SendResult::Closed, woken);
      while (detail::Waiter* const receiver = receivers_.pop()) woken.push(*receiver);
    }
    woken.run();
  }
  [[nodiscard]] bool is_closed() const noexcept {
    const std::lock_guard lock(room_.mutex());
    return closed_;
  }
  /// Effect: senders whose time has run out go on. Result: how many. For BackPressure::timeout(),
  /// in the frame loop.
  std::size_t expire() {
    detail::RunQueue woken;
    std::size_t count = 0;
    {
      const std::lock_guard lock(room_.mutex());
      count = expire_into(woken);
    }
    woken.run();
    return count;
  }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::size_t size() const noexcept {
    const std::lock_guard lock(room_.mutex());
    return size_;
  }
  [[nodiscard]] ChannelStats stats() const noexcept {
    const std::lock_guard lock(room_.mutex());
    ChannelStats stats = stats_;
    stats.depth = size_;
    return stats;
  }

 private:
  // Of both: whether the coroutine waits.
  [[nodiscard]] bool begin_send(Send& sender) {
    detail::RunQueue woken;
    TransferHandle<T> evicted;  // dies outside the lock: its object may do anything
    bool waits = false;
    {
      const std::lock_guard lock(room_.mutex());
      (void)expire_into(woken);
      waits = try_send(sender, evicted, woken);
    }
    if (evicted) evicted.discard();
    woken.run();
    return waits;
  }
  [[nodiscard]] bool try_send(Send& sender, TransferHandle<T>& evicted, detail::RunQueue& woken) {
    if (!sender.handle_) return refuse(sender, SendResult::Nothing);
    if (closed_) return refuse(sender, SendResult::Closed);
    if (auto* const receiver = static_cast<Receive*>(receivers_.pop()); receiver != nullptr) {
      sender.handle_.mark_sent();
      receiver->handle_ = std::move(sender.handle_);
      woken.push(*receiver);
      ++stats_.received;
    } else if (size_ < capacity_) {
      push(sender.handle_);
    } else {
      ++stats_.full_count;
      if (policy_.kind == BackPressure::Kind::Fail) return refuse(sender, SendResult::Full);
      if (policy_.kind != BackPressure::Kind::Evict) return wait_for_room(sender);
      evicted = pop();
      ++stats_.evicted;
      push(sender.handle_);
    }
    ++stats_.sent;
    sender.result_ = SendResult::Sent;
    return false;
  }
  bool refuse(Send& sender, SendResult why) noexcept {
    ++stats_.refused;
    sender.result_ = why;
    return false;
  }
  [[nodiscard]] bool wait_for_room(Send& sender) {
    if (policy_.kind == BackPressure::Kind::Timeout) {
      if (policy_.timeout_ns == 0) return refuse(sender, SendResult::TimedOut);
      sender.deadline_ = Clock::now() + std::chrono::nanoseconds(policy_.timeout_ns);
    }
    room_.list().push(sender);
    return true;
  }
  [[nodiscard]] bool begin_receive(Receive& receiver) {
    detail::RunQueue woken;
    bool waits = false;
    {
      const std::lock_guard lock(room_.mutex());
      (void)expire_into(woken);
      if (size_ != 0) {
        receiver.handle_ = pop();
        ++stats_.received;
        if (Send* const sender = first_sender()) {
          push(sender->handle_);
          ++stats_.sent;
          finish(*sender, SendResult::Sent, woken);
        }
      } else if (!closed_) {
        receivers_.push(receiver);
        waits = true;
      }
    }
    woken.run();
    return waits;
  }

  [[nodiscard]] Send* first_sender() noexcept { return static_cast<Send*>(room_.list().first()); }
  void finish(Send& sender, SendResult result, detail::RunQueue& woken) noexcept {
    room_.list().remove(sender);
    if (result != SendResult::Sent) ++stats_.refused;
    sender.result_ = result;
    woken.push(sender);
  }
  // All have the same time to wait, so those who wait longest are the first to run out of it.
  std::size_t expire_into(detail::RunQueue& woken) {
    std::size_t count = 0;
    if (policy_.kind != BackPressure::Kind::Timeout || room_.list().empty()) return 0;
    const Clock::time_point now = Clock::now();
    for (; first_sender() != nullptr && first_sender()->deadline_ <= now; ++count) {
      finish(*first_sender(), SendResult::TimedOut, woken);
    }
    return count;
  }
  void push(TransferHandle<T>& handle) noexcept {
    handle.mark_sent();
    ring_[(begin_ + size_++) % capacity_] = std::move(handle);
  }
  [[nodiscard]] TransferHandle<T> pop() noexcept {
    TransferHandle<T> handle = std::move(ring_[begin_]);
    begin_ = (begin_ + 1) % capacity_;
    --size_;
    return handle;
  }
  SmartAlloc alloc_;
  std::size_t capacity_;
  BackPressure policy_;
  TransferHandle<T>* ring_ = nullptr;
  std::size_t begin_ = 0;
  std::size_t size_ = 0;
  bool closed_ = false;
  ChannelStats stats_;
  mutable detail::WaitRoom room_;  // of the senders; its lock guards everything
  detail::WaitList receivers_{room_.lock()};
};

}  // namespace framealloc::async
