// SPDX-License-Identifier: MIT OR Apache-2.0
// A bounded channel of transfers between threads.
#pragma once

#include <framealloc/detail/base/chrono.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/detail/container/transfer_ring.hpp>
#include <framealloc/detail/os/futex.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/sync/cache_line.hpp>
#include <framealloc/detail/sync/event_count.hpp>
#include <framealloc/detail/thread/entry.hpp>
#include <framealloc/detail/thread/handle_access.hpp>
#include <framealloc/transfer_handle.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace framealloc {

/// What send() does while the channel is full.
struct BackPressure {
  enum class Kind : std::uint8_t { Wait, Fail, Timeout, Evict };
  Kind kind = Kind::Wait;
  std::uint64_t timeout_ns = 0;  ///< for Timeout

  /// Waits for room.
  [[nodiscard]] static constexpr BackPressure wait() noexcept { return {Kind::Wait, 0}; }
  /// Refuses immediately.
  [[nodiscard]] static constexpr BackPressure fail() noexcept { return {Kind::Fail, 0}; }
  /// Waits for room, but not longer than this.
  template <class Rep, class Period>
  [[nodiscard]] static constexpr BackPressure timeout(
      std::chrono::duration<Rep, Period> limit) noexcept {
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(limit).count();
    return {Kind::Timeout, ns < 0 ? 0 : static_cast<std::uint64_t>(ns)};
  }
  /// Discards the oldest transfer in the channel, which counts as dropped and evicted.
  [[nodiscard]] static constexpr BackPressure evict() noexcept { return {Kind::Evict, 0}; }
};

enum class SendResult : std::uint8_t { Sent, Full, TimedOut, Closed, Nothing };

/// Over the channel's life. sent = received + evicted + those still in it.
struct ChannelStats {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t evicted = 0;
  std::uint64_t refused = 0;     ///< sends that did not end with Sent
  std::uint64_t full_count = 0;  ///< sends that found it full at first
  std::size_t depth = 0;         ///< now
};

/// First in, first out; for any number of senders and receivers. Sending moves a handle of a few
/// words, never the object. The ring is allocated with the channel, in the allocator's heap;
/// nothing allocates afterward. A wait spins for about a microsecond, then sleeps in the system.
///
/// Each receiver sees the transfers of one sender in the order in which they were sent.
/// Requirement: the channel is destroyed before its allocator, when no thread is in one of its
/// calls; transfers still in it are then dropped (FA206 for each).
template <class T>
class TransferChannel {
 public:
  /// Effect: makes a channel for `capacity` transfers (0 counts as 1). If memory is denied (which
  /// is reported), the channel is closed from the beginning. `alloc` is a SmartAlloc.
  template <class Alloc>
    requires requires(const Alloc& alloc) { detail::HandleAccess::instance(alloc); }
  TransferChannel(const Alloc& alloc, std::size_t capacity,
                  BackPressure policy = BackPressure::wait(), CallSite site = CallSite::current())
      : TransferChannel(detail::HandleAccess::instance(alloc), capacity == 0 ? 1 : capacity, policy,
                        site) {}
  ~TransferChannel() {
    close();
    while (
        ring_.try_pop([](TransferHandle<T>&& handle) { const auto dropped = std::move(handle); })) {
    }
    if (memory_ != nullptr) detail::heap_free(*instance_, memory_, CallSite{});
  }
  TransferChannel(const TransferChannel&) = delete;
  TransferChannel& operator=(const TransferChannel&) = delete;

  /// Effect: passes the transfer on, marked as sent. Result: unless it is Sent, `handle` is
  /// unchanged and still yours. An empty handle is refused as Nothing.
  SendResult send(TransferHandle<T>&& handle) noexcept {
    if (!handle) return refuse(SendResult::Nothing);
    if (closed_.load(std::memory_order_acquire)) return refuse(SendResult::Closed);
    const TransferState before = handle.state();
    handle.mark_sent();
    if (ring_.try_push(handle)) return sent();
    full_.fetch_add(1, std::memory_order_relaxed);
    const SendResult result = send_when_full(handle);
    if (result != SendResult::Sent) handle.state_ = before;
    return result == SendResult::Sent ? sent() : refuse(result);
  }
  /// The same without waiting or evicting, whatever the policy.
  SendResult try_send(TransferHandle<T>&& handle) noexcept {
    if (!handle) return refuse(SendResult::Nothing);
    if (closed_.load(std::memory_order_acquire)) return refuse(SendResult::Closed);
    const TransferState before = detail::exchange_value(handle.state_, TransferState::InFlight);
    if (ring_.try_push(handle)) return sent();
    handle.state_ = before;
    full_.fetch_add(1, std::memory_order_relaxed);
    return refuse(SendResult::Full);
  }

  /// Result: the oldest transfer; an empty handle if the channel is empty.
  [[nodiscard]] TransferHandle<T> try_receive() noexcept {
    TransferHandle<T> handle;
    (void)pop(handle);
    return handle;
  }
  /// Effect: waits for one. Result: an empty handle if the channel is closed and empty.
  [[nodiscard]] TransferHandle<T> receive() noexcept { return receive_for_ns(os::kNoTimeout); }
  /// The same, but also returns an empty handle if the time ran out.
  template <class Rep, class Period>
  [[nodiscard]] TransferHandle<T> receive_timeout(
      std::chrono::duration<Rep, Period> limit) noexcept {
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(limit).count();
    return receive_for_ns(ns < 0 ? 0 : static_cast<std::uint64_t>(ns));
  }

  /// Effect: refuses later sends, and wakes all waiting threads. What is in the channel can still
  /// be received; a send in progress may still succeed.
  void close() noexcept {
    closed_.store(true, std::memory_order_seq_cst);
    room_.notify_all();
    items_.notify_all();
  }
  [[nodiscard]] bool is_closed() const noexcept { return closed_.load(std::memory_order_acquire); }
  [[nodiscard]] std::size_t capacity() const noexcept { return ring_.capacity(); }
  [[nodiscard]] std::size_t size() const noexcept { return ring_.size(); }
  [[nodiscard]] ChannelStats stats() const noexcept {
    ChannelStats stats;
    stats.received = received_.load(std::memory_order_relaxed);
    stats.evicted = evicted_.load(std::memory_order_relaxed);
    stats.sent = sent_.load(std::memory_order_relaxed);
    stats.refused = refused_.load(std::memory_order_relaxed);
    stats.full_count = full_.load(std::memory_order_relaxed);
    stats.depth = ring_.size();
    return stats;
  }

 private:
  using Ring = detail::TransferRing<TransferHandle<T>>;

  TransferChannel(detail::Instance* instance, std::size_t capacity, BackPressure policy,
                  const CallSite& site) noexcept
      : instance_(instance),
        memory_(instance == nullptr
                    ? nullptr
                    : detail::heap_allocate(*instance,
                                            saturating_bytes(capacity, sizeof(typename Ring::Cell)),
                                            detail::kCacheLine, site)),
        ring_(memory_ == nullptr ? static_cast<void*>(&spare_) : memory_,
              memory_ == nullptr ? 1 : capacity),
        policy_(policy),
        closed_(memory_ == nullptr) {}

  [[nodiscard]] bool pop(TransferHandle<T>& into) noexcept {
    const auto take = [&into](TransferHandle<T>&& handle) { into = std::move(handle); };
    if (!ring_.try_pop(take)) return false;
    received_.fetch_add(1, std::memory_order_relaxed);
    room_.notify_one();
    return true;
  }
  SendResult sent() noexcept {
    sent_.fetch_add(1, std::memory_order_relaxed);
    items_.notify_one();
    return SendResult::Sent;
  }
  SendResult refuse(SendResult why) noexcept {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return why;
  }

  SendResult send_when_full(TransferHandle<T>& handle) noexcept {
    switch (policy_.kind) {
      case BackPressure::Kind::Fail:
        return SendResult::Full;
      case BackPressure::Kind::Evict:
        return evict_and_push(handle);
      case BackPressure::Kind::Wait:
      case BackPressure::Kind::Timeout:
        break;
    }
    const std::uint64_t limit =
        policy_.kind == BackPressure::Kind::Wait ? os::kNoTimeout : policy_.timeout_ns;
    bool pushed = false;
    const bool woken = room_.await(
        [&] {
          if (closed_.load(std::memory_order_acquire)) return true;
          pushed = ring_.try_push(handle);
          return pushed;
        },
        limit);
    if (pushed) return SendResult::Sent;
    return woken ? SendResult::Closed : SendResult::TimedOut;
  }
  SendResult evict_and_push(TransferHandle<T>& handle) noexcept {
    for (;;) {
      TransferHandle<T> oldest;
      if (ring_.try_pop([&](TransferHandle<T>&& first) { oldest = std::move(first); })) {
        oldest.discard();
        evicted_.fetch_add(1, std::memory_order_relaxed);
      }
      if (closed_.load(std::memory_order_acquire)) return SendResult::Closed;
      if (ring_.try_push(handle)) return SendResult::Sent;
      os::relax(0);
    }
  }
  [[nodiscard]] TransferHandle<T> receive_for_ns(std::uint64_t timeout_ns) noexcept {
    TransferHandle<T> handle;
    items_.await(
        [&] {
          if (pop(handle)) return true;
          if (!closed_.load(std::memory_order_acquire)) return false;
          (void)pop(handle);  // finds what was sent before the close
          return true;
        },
        timeout_ns);
    return handle;
  }

  detail::Instance* instance_;
  void* memory_;
  typename Ring::Cell spare_;  // used if the channel got no memory
  Ring ring_;
  BackPressure policy_;
  std::atomic<bool> closed_;
  detail::EventCount items_;
  detail::EventCount room_;
  alignas(detail::kCacheLine) std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::atomic<std::uint64_t> full_{0};
  alignas(detail::kCacheLine) std::atomic<std::uint64_t> received_{0};
  std::atomic<std::uint64_t> evicted_{0};
};

}  // namespace framealloc
