// SPDX-License-Identifier: MIT OR Apache-2.0
// The handle of an object in frame memory that may outlive its frame elsewhere.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/detail/container/relocate.hpp>
#include <framealloc/detail/frame/retention_record.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace framealloc {

namespace detail {
class Instance;
// Result: a record in frame memory, not armed yet; null when memory is denied (reported).
[[nodiscard]] FRAMEALLOC_API RetainedRecord* new_retained(Instance& instance, FrameArena& arena,
                                                          const RetainedType& type,
                                                          const RetentionPolicy& policy,
                                                          const CallSite& site) noexcept;
}  // namespace detail

/// Points at its object until the object leaves frame memory: promoted or destroyed when the frame
/// ends, destroyed when the arena is rewound past it. Then it is null, so a handle that outlives
/// its frame is safe; id() still names the object, for PromotionResult::take(). The object belongs
/// to the frame, not to the handle: destroying the handle does not destroy it.
/// Requirement: a handle is destroyed, moved from or outlives its frame. Move-only.
/// Thread contract: the thread that made the object; the one that ends the frame writes to it.
template <class T>
class FrameRetained {
  static_assert(std::is_object_v<T> && !std::is_array_v<T> && !std::is_const_v<T>);

 public:
  using element_type = T;

  FrameRetained() noexcept = default;
  FrameRetained(std::nullptr_t) noexcept {}
  /// For the library: SmartAlloc::frame_retained().
  template <class... A>
  [[nodiscard]] static FrameRetained make_at(detail::Instance& instance, FrameArena& arena,
                                             const CallSite& site, const RetentionPolicy& policy,
                                             A&&... arguments) {
    detail::RetainedRecord* record;
    T* home;
    std::uint64_t frame;
    do {  // both of one frame, as allocate_owing() does it
      record = detail::new_retained(instance, arena, detail::retained_type<T>, policy,
                                    site.template of_type<T>());
      if (record == nullptr) return {};
      frame = arena.clock();
      home = arena.alloc<T>(site);
      if (home == nullptr) return {};
    } while (arena.clock() != frame);
    detail::construct<T>(home, std::forward<A>(arguments)...);
    detail::arm_retained(arena, *record, home);
    return FrameRetained(*record);
  }
  /// The record has just been armed.
  explicit FrameRetained(detail::RetainedRecord& record) noexcept : id_(record.id) {
    link_.record = &record;
    record.link = &link_;
  }
  FrameRetained(FrameRetained&& other) noexcept { take(other); }
  FrameRetained& operator=(FrameRetained&& other) noexcept {
    if (this != &other) {
      forget();
      take(other);
    }
    return *this;
  }
  ~FrameRetained() { forget(); }

  /// Result: the object; null if memory was denied or the object has left the frame.
  [[nodiscard]] T* get() const noexcept {
    return link_.record == nullptr ? nullptr : static_cast<T*>(link_.record->object);
  }
  /// Requirement of these two: not null.
  [[nodiscard]] T& operator*() const noexcept { return *get(); }
  [[nodiscard]] T* operator->() const noexcept { return get(); }
  [[nodiscard]] explicit operator bool() const noexcept { return link_.record != nullptr; }
  /// Result: a number that no other object of the allocator has; 0 when memory was denied.
  [[nodiscard]] std::uint64_t id() const noexcept { return id_; }

 private:
  void take(FrameRetained& other) noexcept {
    id_ = detail::exchange_value(other.id_, std::uint64_t{0});
    link_.record = detail::exchange_value(other.link_.record, nullptr);
    if (link_.record != nullptr) link_.record->link = &link_;
  }
  void forget() noexcept {
    if (link_.record != nullptr) link_.record->link = nullptr;
    link_.record = nullptr;
  }

  detail::RetainedLink link_;
  std::uint64_t id_ = 0;
};

}  // namespace framealloc
