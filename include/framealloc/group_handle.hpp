// SPDX-License-Identifier: MIT OR Apache-2.0
// A group that is freed when its handle ends.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/group_types.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace framealloc {

class GroupAllocator;

/// Move-only. Frees its group when it ends, unless that was released. An empty handle, as one whose
/// group could not be made, answers null to everything. Lives no longer than its allocator.
/// Thread contract: an ordinary value; the group behind it is for any thread.
class FRAMEALLOC_API GroupHandle {
 public:
  GroupHandle() = default;
  GroupHandle(GroupAllocator& groups, GroupId id) noexcept
      : groups_(id ? &groups : nullptr), id_(id) {}
  GroupHandle(const GroupHandle&) = delete;
  GroupHandle& operator=(const GroupHandle&) = delete;
  GroupHandle(GroupHandle&& other) noexcept
      : groups_(detail::exchange_value(other.groups_, nullptr)),
        id_(detail::exchange_value(other.id_, GroupId())) {}
  GroupHandle& operator=(GroupHandle&& other) noexcept {
    GroupHandle taken(std::move(other));
    detail::swap_values(groups_, taken.groups_);
    detail::swap_values(id_, taken.id_);
    return *this;
  }
  ~GroupHandle() { free_all(); }

  [[nodiscard]] explicit operator bool() const noexcept { return groups_ != nullptr; }
  [[nodiscard]] GroupId id() const noexcept { return id_; }

  /// As those of GroupAllocator.
  template <class T>
  [[nodiscard]] T* alloc(CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND;
  [[nodiscard]] void* alloc_layout(std::size_t size, std::size_t alignment,
                                   CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND;
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                             \
  template <class T FRAMEALLOC_LIST types>                                          \
  [[nodiscard]] T* make(FRAMEALLOC_LIST parameters Here here = CallSite::current()) \
      FRAMEALLOC_LIFETIMEBOUND {                                                    \
    return make_at<T>(here.site FRAMEALLOC_LIST arguments);                         \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  [[nodiscard]] T* make(A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    return make_at<T>(CallSite::of_function(FRAMEALLOC_FUNCTION), std::forward<A>(arguments)...);
  }
  template <class T, class... A>
  [[nodiscard]] T* make_at(const CallSite& site, A&&... arguments) FRAMEALLOC_LIFETIMEBOUND;
  template <class T>
  [[nodiscard]] std::decay_t<T>* alloc_val(T&& value, CallSite site = CallSite::current())
      FRAMEALLOC_LIFETIMEBOUND;
  template <class T>
  [[nodiscard]] std::span<T> alloc_slice(std::size_t count, CallSite site = CallSite::current())
      FRAMEALLOC_LIFETIMEBOUND;
  /// Result: a group inside this one, with a handle of its own. Let it end first: one whose group
  /// has gone with its parent notices and does nothing.
  [[nodiscard]] GroupHandle child(std::string_view name, std::size_t budget = 0,
                                  CallSite site = CallSite::current()) noexcept;

  [[nodiscard]] std::size_t size() const noexcept;   ///< bytes, as asked for
  [[nodiscard]] std::size_t count() const noexcept;  ///< allocations
  [[nodiscard]] std::string name() const;

  /// Effect: frees the group now; empty afterward.
  void free_all() noexcept;
  /// Effect: the handle frees nothing any more. Result: the group, the caller's to free.
  [[nodiscard]] GroupId release() noexcept {
    groups_ = nullptr;
    return detail::exchange_value(id_, GroupId());
  }

 private:
  GroupAllocator* groups_ = nullptr;
  GroupId id_;
};

}  // namespace framealloc
