// SPDX-License-Identifier: MIT OR Apache-2.0
// The owner of one object that was promoted out of its frame, wherever it went.
#pragma once

#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/heap_box.hpp>
#include <framealloc/pool_box.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace framealloc {

/// Where a promotion led.
enum class PromotionKind : std::uint8_t { Failed, Pool, Heap, Scratch };

/// Destroys its object and gives the block back; an object in a scratch pool belongs to the pool,
/// and the box is then a pointer only. A temporary converts to PoolBox<T> or HeapBox<T>, which is
/// null when the object is not there. Requirement: it dies before the allocator does. Move-only.
template <class T>
class PromotedBox {
 public:
  using element_type = T;

  PromotedBox() noexcept = default;
  PromotedBox(std::nullptr_t) noexcept {}
  /// For the library.
  PromotedBox(detail::Instance* instance, T* object, PromotionKind kind) noexcept
      : object_(object), instance_(instance), kind_(kind) {}
  PromotedBox(PromotedBox&& other) noexcept
      : object_(detail::exchange_value(other.object_, nullptr)),
        instance_(other.instance_),
        kind_(other.kind_) {}
  PromotedBox& operator=(PromotedBox&& other) noexcept {
    if (this != &other) {
      reset();
      object_ = detail::exchange_value(other.object_, nullptr);
      instance_ = other.instance_;
      kind_ = other.kind_;
    }
    return *this;
  }
  ~PromotedBox() { reset(); }

  [[nodiscard]] T* get() const noexcept { return object_; }
  /// Requirement of these two: not null.
  [[nodiscard]] T& operator*() const noexcept { return *object_; }
  [[nodiscard]] T* operator->() const noexcept { return object_; }
  [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }
  /// Result: where the object is; Failed for a null box.
  [[nodiscard]] PromotionKind kind() const noexcept {
    return object_ == nullptr ? PromotionKind::Failed : kind_;
  }

  operator PoolBox<T>() && noexcept {
    return kind() == PromotionKind::Pool ? PoolBox<T>(*instance_, release()) : PoolBox<T>();
  }
  operator HeapBox<T>() && noexcept {
    return kind() == PromotionKind::Heap ? HeapBox<T>(*instance_, release()) : HeapBox<T>();
  }
  /// Effect: gives the object up. Result: it; the caller destroys it and calls pool_free(),
  /// heap_free() or nothing, as kind() said.
  [[nodiscard]] T* release() noexcept { return detail::exchange_value(object_, nullptr); }
  void reset() noexcept {
    T* const object = detail::exchange_value(object_, nullptr);
    if (object == nullptr || kind_ == PromotionKind::Scratch) return;
    std::destroy_at(object);
    if (kind_ == PromotionKind::Pool) {
      detail::PoolDoor::free(*instance_, object, sizeof(T), alignof(T));
    } else {
      detail::HeapDoor::free(*instance_, object, sizeof(T), alignof(T));
    }
  }

 private:
  T* object_ = nullptr;
  detail::Instance* instance_ = nullptr;
  PromotionKind kind_ = PromotionKind::Failed;
};

}  // namespace framealloc
