// SPDX-License-Identifier: MIT OR Apache-2.0
// The owner of one object in frame memory.
#pragma once

#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/frame_new.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace framealloc {

/// Destroys its object when it goes out of scope, or at the end of the frame, whichever comes
/// first; in the second case (and when the arena is rewound past the object) it reads as null from
/// then on, so a box that outlives its frame is safe. release() leaves the object to the frame.
/// With a trivially destructible T it is only a pointer, and does not become null at the end. The
/// memory stays in use until the frame ends: destroying the box early frees only what the object
/// owns. Requirement: a box of a T with a destructor is destroyed, moved from or outlives its
/// frame. Move-only. Thread contract: the thread of the arena.
template <class T>
class FrameBox {
  static_assert(std::is_object_v<T> && !std::is_array_v<T>);

 public:
  using element_type = T;

  FrameBox() noexcept = default;
  FrameBox(std::nullptr_t) noexcept {}
  FrameBox(FrameBox&& other) noexcept { take(other); }
  FrameBox& operator=(FrameBox&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }
  FrameBox& operator=(std::nullptr_t) noexcept {
    reset();
    return *this;
  }
  ~FrameBox() { reset(); }

  /// Effect: a T(arguments...) and its owner. Result: a null box when memory is denied. Reports
  /// name `site`.
  template <class... A>
  [[nodiscard]] static FrameBox make_at(FrameArena& arena FRAMEALLOC_LIFETIMEBOUND,
                                        const CallSite& site, A&&... arguments) {
    FrameBox box;
    if constexpr (kOwes) {
      detail::Finalizer* finalizer;
      T* const home = detail::allocate_owing(arena, &frame_over, &finalizer, site,
                                             [&] { return arena.alloc<T>(site); });
      if (home == nullptr) return box;
      box.object_ = detail::construct<T>(home, std::forward<A>(arguments)...);
      box.finalizer_ = finalizer;
      arena.arm(finalizer, &box, 1);
    } else {
      box.object_ = frame_new_at<T>(arena, site, std::forward<A>(arguments)...);
    }
    return box;
  }
  // The same, but reports name the caller.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                            \
  template <int = 0 FRAMEALLOC_LIST types>                                                         \
  [[nodiscard]] static FrameBox make(FrameArena& arena FRAMEALLOC_LIFETIMEBOUND,                   \
                                     FRAMEALLOC_LIST parameters Here here = CallSite::current()) { \
    return make_at(arena, here.site FRAMEALLOC_LIST arguments);                                    \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class... A>
    requires(sizeof...(A) > detail::kMostSited)
  [[nodiscard]] static FrameBox make(FrameArena& arena FRAMEALLOC_LIFETIMEBOUND, A&&... arguments) {
    return make_at(arena, CallSite::of_function(FRAMEALLOC_FUNCTION),
                   std::forward<A>(arguments)...);
  }

  [[nodiscard]] T* get() const noexcept { return object_; }
  /// Requirement of these two: not null.
  [[nodiscard]] T& operator*() const noexcept { return *object_; }
  [[nodiscard]] T* operator->() const noexcept { return object_; }
  [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }

  /// Effect: leaves the object to the frame, which destroys it at its end. Result: the object.
  [[nodiscard]] T* release() noexcept {
    if constexpr (kOwes) {
      if (finalizer_ != nullptr) {
        finalizer_->destroy = &detail::destroy_objects<T>;
        finalizer_->objects = object_;
        finalizer_ = nullptr;
      }
    }
    return detail::exchange_value(object_, nullptr);
  }
  [[nodiscard]] T* into_raw() noexcept { return release(); }
  /// Effect: moves the object out and destroys what is left of it. Requirement: not null.
  [[nodiscard]] T into_inner() {
    T value(std::move(*object_));
    reset();
    return value;
  }
  /// Effect: destroys the object now; the box is null afterward.
  void reset() noexcept {
    T* const object = detail::exchange_value(object_, nullptr);
    if constexpr (kOwes) {
      if (object == nullptr) return;
      finalizer_->destroy = nullptr;
      finalizer_ = nullptr;
      std::destroy_at(object);
    }
  }

  void swap(FrameBox& other) noexcept { std::swap(*this, other); }
  friend void swap(FrameBox& a, FrameBox& b) noexcept { std::swap<FrameBox>(a, b); }
  friend bool operator==(const FrameBox& a, const FrameBox& b) noexcept {
    return a.object_ == b.object_;
  }
  friend bool operator==(const FrameBox& box, std::nullptr_t) noexcept {
    return box.object_ == nullptr;
  }

 private:
  struct None {};
  static constexpr bool kOwes = !std::is_trivially_destructible_v<T>;

  // Called by the arena at the end of the frame, or when it is rewound past the object. While a box
  // owns the object, the finalizer points at the box, so that it can reset the box.
  static void frame_over(void* box, std::size_t) noexcept {
    auto* const self = static_cast<FrameBox*>(box);
    if constexpr (kOwes) self->finalizer_ = nullptr;
    std::destroy_at(detail::exchange_value(self->object_, nullptr));
  }
  void take(FrameBox& other) noexcept {
    object_ = detail::exchange_value(other.object_, nullptr);
    if constexpr (kOwes) {
      finalizer_ = detail::exchange_value(other.finalizer_, nullptr);
      if (finalizer_ != nullptr) finalizer_->objects = this;
    }
  }

  T* object_ = nullptr;
  [[no_unique_address]] std::conditional_t<kOwes, detail::Finalizer*, None> finalizer_{};
};

/// Without a finalizer, no record holds the box's address.
template <class T>
struct IsTriviallyRelocatable<FrameBox<T>> : std::is_trivially_destructible<T> {};

}  // namespace framealloc

template <class T>
struct std::hash<framealloc::FrameBox<T>> {
  std::size_t operator()(const framealloc::FrameBox<T>& box) const noexcept {
    return std::hash<T*>()(box.get());
  }
};
