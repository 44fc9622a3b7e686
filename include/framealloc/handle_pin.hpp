// SPDX-License-Identifier: MIT OR Apache-2.0
// Holding an object behind a handle in place for a while.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/detail/heap/handle_slots.hpp>
#include <framealloc/handle.hpp>

#include <type_traits>
#include <utility>

namespace framealloc {

class HandleAllocator;

namespace detail {
FRAMEALLOC_API void unpin_handle(HandleAllocator& handles, std::uint32_t index) noexcept;
}

/// While it lives, the object neither moves nor goes away: free() then makes the handle stale
/// immediately, and the object ends with the last guard. Guards of one object are counted. Empty
/// when the handle found nothing. Lives no longer than its allocator. Thread contract: an ordinary
/// value; it may be moved to another thread and end there.
template <class T>
class PinGuard {
 public:
  PinGuard() = default;
  PinGuard(PinGuard&& other) noexcept { swap(other); }
  PinGuard& operator=(PinGuard&& other) noexcept {
    PinGuard taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~PinGuard() { unpin(); }
  void swap(PinGuard& other) noexcept {
    detail::swap_values(handles_, other.handles_);
    detail::swap_values(object_, other.object_);
    detail::swap_values(handle_, other.handle_);
  }

  [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }
  [[nodiscard]] T* get() const noexcept FRAMEALLOC_LIFETIMEBOUND { return object_; }
  [[nodiscard]] T& operator*() const noexcept FRAMEALLOC_LIFETIMEBOUND { return *object_; }
  [[nodiscard]] T* operator->() const noexcept FRAMEALLOC_LIFETIMEBOUND { return object_; }
  [[nodiscard]] Handle<std::remove_const_t<T>> handle() const noexcept { return handle_; }
  /// Effect: lets go now; the guard is empty afterward. If the object was freed before and this
  /// was its last guard, its destructor runs here.
  void unpin() noexcept {
    if (detail::exchange_value(object_, nullptr) == nullptr) return;
    detail::unpin_handle(*handles_, handle_.raw_index());
  }

 private:
  friend class HandleAllocator;
  PinGuard(HandleAllocator& handles, T* object, Handle<std::remove_const_t<T>> handle) noexcept
      : handles_(&handles), object_(object), handle_(handle) {}

  HandleAllocator* handles_ = nullptr;
  T* object_ = nullptr;
  Handle<std::remove_const_t<T>> handle_;
};

}  // namespace framealloc
