// SPDX-License-Identifier: MIT OR Apache-2.0
// What keeps a listener of an allocator's events.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/exchange.hpp>

#include <cstdint>
#include <utility>

namespace framealloc {

namespace detail {
class EventHub;
}

/// While it lives, its listener is called. Move-only. It may end after its allocator: then nothing
/// is left to do.
///
/// end(), and so the destructor, returns when no thread is in the listener any more: each listener
/// counts the threads that are in it. Called from inside a listener of the same allocator it does
/// not wait, so that two listeners may end each other; calls that other threads are in then go on
/// for a moment, and what the listener captured lives until the last of them returns.
class FRAMEALLOC_API Subscription {
 public:
  Subscription() noexcept = default;  ///< of nothing
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  Subscription(Subscription&& other) noexcept { swap(other); }
  Subscription& operator=(Subscription&& other) noexcept {
    Subscription taken(std::move(other));
    taken.swap(*this);
    return *this;
  }
  ~Subscription() { end(); }
  /// Effect: the listener is not called any more. Thread contract: any thread.
  void end() noexcept;
  /// Result: whether there is a listener. It does not say whether its allocator still lives.
  [[nodiscard]] explicit operator bool() const noexcept { return hub_ != nullptr; }
  void swap(Subscription& other) noexcept {
    detail::swap_values(hub_, other.hub_);
    detail::swap_values(serial_, other.serial_);
    detail::swap_values(slot_, other.slot_);
    detail::swap_values(generation_, other.generation_);
  }

 private:
  friend class detail::EventHub;
  detail::EventHub* hub_ = nullptr;
  std::uint64_t serial_ = 0;  // of the hub: another may come to stand at its address
  std::uint32_t slot_ = 0;
  std::uint32_t generation_ = 0;
};

}  // namespace framealloc
