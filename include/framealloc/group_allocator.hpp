// SPDX-License-Identifier: MIT OR Apache-2.0
// Allocations that end together: a level, a match, a loaded document.
#pragma once

#include <framealloc/align.hpp>
#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/arena/finalizer.hpp>
#include <framealloc/detail/heap/group_slot.hpp>
#include <framealloc/detail/heap/handle_space.hpp>
#include <framealloc/detail/memory/shared_ledger.hpp>
#include <framealloc/group_handle.hpp>
#include <framealloc/group_types.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace framealloc {

/// A group bumps through pieces of memory that start small and double, so allocations are cheap,
/// and freeing the group costs one step per piece, however many allocations lie in it; a large
/// request gets its own piece. Groups nest: freeing one frees those inside it first. Pieces are
/// counted and charged under the tag of the thread that made the group.
///
/// A denied request returns null (an empty span, an empty id) and is reported: FA011 for an
/// impossible size or alignment, FA310 and FA311 for limits and budgets of tags, FA313 for the
/// budget of a group, FA012 for an exhausted source, FA401 for a freed group.
///
/// Thread contract: any thread, concurrently; calls on two groups do not wait for each other.
/// Destructors run without locks on the thread that frees, and may call back. If a group is freed
/// while another thread constructs an object in it, it is freed when that constructor has returned.
class FRAMEALLOC_API GroupAllocator {
 public:
  explicit GroupAllocator(const detail::AllocatorContext& context) noexcept;
  /// Frees all remaining groups, destructors included. Requirement: no other thread uses it.
  ~GroupAllocator();
  GroupAllocator(const GroupAllocator&) = delete;
  GroupAllocator& operator=(const GroupAllocator&) = delete;

  /// Effect: makes a group. Names need not be unique. `budget`: requested bytes that it and the
  /// groups inside it may hold; 0 = none. It takes memory at its first allocation.
  [[nodiscard]] GroupId create_group(std::string_view name, std::size_t budget = 0,
                                     CallSite site = CallSite::current()) noexcept;
  /// Effect: a group inside another, whose budget it shares.
  [[nodiscard]] GroupId create_child(GroupId parent, std::string_view name, std::size_t budget = 0,
                                     CallSite site = CallSite::current()) noexcept;
  /// The same, held by a GroupHandle that frees it.
  [[nodiscard]] GroupHandle group(std::string_view name, std::size_t budget = 0,
                                  CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return GroupHandle(*this, create_group(name, budget, site));
  }

  /// Effect: `size` uninitialized bytes; zero bytes are a valid request with a distinct address.
  /// Requirement: `alignment` a power of two. Valid until the group is freed.
  [[nodiscard]] void* alloc_layout(GroupId group, std::size_t size, std::size_t alignment,
                                   CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND;
  /// Effect: one uninitialized T.
  template <class T>
  [[nodiscard]] T* alloc(GroupId group,
                         CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return static_cast<T*>(alloc_layout(group, sizeof(T), alignof(T), site));
  }
  // Effect: T(arguments...), whose destructor runs when the group is freed: newest first.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                            \
  template <class T FRAMEALLOC_LIST types>                                                         \
  [[nodiscard]] T* make(GroupId group, FRAMEALLOC_LIST parameters Here here = CallSite::current()) \
      FRAMEALLOC_LIFETIMEBOUND {                                                                   \
    return make_at<T>(here.site, group FRAMEALLOC_LIST arguments);                                 \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  [[nodiscard]] T* make(GroupId group, A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    return make_at<T>(CallSite::of_function(FRAMEALLOC_FUNCTION), group,
                      std::forward<A>(arguments)...);
  }
  /// The same, but reports name `site`.
  template <class T, class... A>
  [[nodiscard]] T* make_at(const CallSite& site, GroupId group,
                           A&&... arguments) FRAMEALLOC_LIFETIMEBOUND;
  /// Effect: the value moved (or copied) into the group, as make() would.
  template <class T>
  [[nodiscard]] std::decay_t<T>* alloc_val(
      GroupId group, T&& value, CallSite site = CallSite::current()) FRAMEALLOC_LIFETIMEBOUND {
    return make_at<std::decay_t<T>>(site, group, std::forward<T>(value));
  }
  /// Effect: `count` value-initialized T in a row, with destructors as make().
  template <class T>
  [[nodiscard]] std::span<T> alloc_slice(GroupId group, std::size_t count,
                                         CallSite site = CallSite::current())
      FRAMEALLOC_LIFETIMEBOUND;

  /// Effect: frees the groups inside it, newest first, and then the group: destructors run, memory
  /// is returned, ids become stale immediately. Result: false for an id that names no group; a
  /// stale one is reported (FA401).
  bool free_group(GroupId group) noexcept;

  /// Of a group itself, without those inside it; 0, "" and false where the id names none.
  [[nodiscard]] std::size_t group_size(GroupId group) const noexcept;   ///< bytes, as requested
  [[nodiscard]] std::size_t group_count(GroupId group) const noexcept;  ///< allocations
  [[nodiscard]] std::string group_name(GroupId group) const;
  [[nodiscard]] bool group_exists(GroupId group) const noexcept;
  /// Result: bytes that it and those inside it may still request; SIZE_MAX without a budget.
  [[nodiscard]] std::size_t budget_remaining(GroupId group) const noexcept;
  /// Looks at every group.
  [[nodiscard]] GroupStats stats() const noexcept;

  /// For the layers above, which sum over all ledgers.
  [[nodiscard]] detail::SharedLedger& ledger() noexcept { return ledger_; }

 private:
  using Slot = detail::GroupSlot;

  // A block in which objects are constructed. It keeps the group's memory until it ends.
  struct Birth {
    GroupAllocator* groups = nullptr;
    Slot* slot = nullptr;
    std::byte* home = nullptr;
    Birth() = default;
    Birth(const Birth&) = delete;
    Birth& operator=(const Birth&) = delete;
    ~Birth() {
      if (slot != nullptr) groups->let_go(*slot);
    }
  };
  struct Request {
    std::size_t size = 0;   // for the caller
    std::size_t front = 0;  // before it, for the record of a destructor
    std::size_t alignment = kGranule;
    const CallSite& site;
  };
  template <class T>
  static constexpr std::size_t kFront =
      std::is_trivially_destructible_v<T>
          ? 0
          : align_up(sizeof(detail::Finalizer), alignof(T) > kGranule ? alignof(T) : kGranule);
  template <class T>
  [[nodiscard]] bool begin(Birth& birth, GroupId group, std::size_t bytes,
                           const CallSite& site) noexcept {
    return begin(birth, group,
                 Request{bytes, kFront<T>, alignof(T) > kGranule ? alignof(T) : kGranule, site});
  }

  [[nodiscard]] bool begin(Birth& birth, GroupId group, const Request& request) noexcept;
  // Effect: makes the destructor pending.
  void arm(Birth& birth, detail::Finalizer::Destroy destroy, void* objects,
           std::size_t count) noexcept;
  // Result: the block; with `keep`, another reference keeps its group's memory.
  [[nodiscard]] void* allocate(GroupId group, const Request& request, Slot** keep) noexcept;
  [[nodiscard]] void* allocate_slowly(Slot& slot, GroupId group, const Request& request) noexcept;
  // Under the slot's lock.
  [[nodiscard]] static void* bump(Slot& slot, const Request& request) noexcept;
  [[nodiscard]] void* bump_fresh(Slot& slot, const Request& request) noexcept;
  [[nodiscard]] std::size_t segment_bytes(std::size_t need, std::size_t usual) const noexcept;
  [[nodiscard]] detail::GroupSegment* acquire(TagId tag, std::size_t bytes,
                                              const CallSite& site) noexcept;
  [[nodiscard]] bool charge(Slot& slot, std::size_t bytes, const CallSite& site) noexcept;
  static void uncharge(Slot& slot, std::size_t bytes, const Slot* until = nullptr) noexcept;

  [[nodiscard]] GroupId create(const GroupId* parent, std::string_view name, std::size_t budget,
                               const CallSite& site) noexcept;
  // Under the lock of the table.
  FRAMEALLOC_COLD void emit_created(GenerationalId id, std::string_view name, std::size_t budget,
                                    TagId tag) const noexcept;
  FRAMEALLOC_COLD void emit_freed(const Slot& slot) const noexcept;
  void settle(Slot& slot, Slot* parent, std::size_t budget) noexcept;
  [[nodiscard]] Slot* condemn(Slot& root) noexcept;
  void let_go(Slot& slot) noexcept;
  [[nodiscard]] Slot* finish(Slot& slot) noexcept;

  [[nodiscard]] static bool lives(const Slot& slot, GroupId group) noexcept {
    return slot.alive && slot.generation == group.id().generation;
  }
  // Result: that of look(slot), called under the lock of a live group, else `otherwise`.
  template <class R, class Look>
  [[nodiscard]] R look_at(GroupId group, R otherwise, Look&& look) const;
  FRAMEALLOC_COLD void report_stale(GroupId group, std::string_view what,
                                    const CallSite& site = {}) const noexcept;
  FRAMEALLOC_COLD void report_budget(const Slot& slot, const Slot& payer, std::size_t bytes,
                                     std::size_t left, const CallSite& site) noexcept;
  FRAMEALLOC_COLD void report_impossible(const Request& request) const noexcept;

  detail::SharedLedger ledger_;
  detail::HandleSpace space_;
  detail::GroupTable table_;
  std::size_t most_segment_;
  Slot* youngest_root_ = nullptr;  // under the lock of the table
  std::atomic<std::uint64_t> created_{0};
  std::atomic<std::uint64_t> freed_{0};
  std::atomic<std::uint64_t> segments_taken_{0};
  std::atomic<std::uint64_t> denials_{0};
};

template <class T, class... A>
T* GroupAllocator::make_at(const CallSite& site, GroupId group, A&&... arguments) {
  static_assert(std::is_object_v<T> && !std::is_array_v<T>);
  Birth birth;
  if (!begin<T>(birth, group, sizeof(T), site)) return nullptr;
  void* const home = birth.home + kFront<T>;
  T* object = nullptr;
  if constexpr (std::is_constructible_v<T, A...>) {
    object = ::new (home) T(std::forward<A>(arguments)...);
  } else {
    object = ::new (home) T{std::forward<A>(arguments)...};
  }
  if constexpr (kFront<T> != 0) arm(birth, &detail::destroy_objects<T>, object, 1);
  return object;
}

template <class T>
std::span<T> GroupAllocator::alloc_slice(GroupId group, std::size_t count, CallSite site) {
  static_assert(std::is_object_v<T> && !std::is_array_v<T>);
  Birth birth;
  if (!begin<T>(birth, group, saturating_bytes(count, sizeof(T)), site)) return {};
  T* const first = reinterpret_cast<T*>(birth.home + kFront<T>);
  std::uninitialized_value_construct_n(first, count);
  if constexpr (kFront<T> != 0) arm(birth, &detail::destroy_objects<T>, first, count);
  return {first, count};
}

template <class T>
T* GroupHandle::alloc(CallSite site) noexcept {
  return groups_ == nullptr ? nullptr : groups_->alloc<T>(id_, site);
}
template <class T, class... A>
T* GroupHandle::make_at(const CallSite& site, A&&... arguments) {
  return groups_ == nullptr ? nullptr
                            : groups_->make_at<T>(site, id_, std::forward<A>(arguments)...);
}
template <class T>
std::decay_t<T>* GroupHandle::alloc_val(T&& value, CallSite site) {
  return groups_ == nullptr ? nullptr : groups_->alloc_val(id_, std::forward<T>(value), site);
}
template <class T>
std::span<T> GroupHandle::alloc_slice(std::size_t count, CallSite site) {
  if (groups_ == nullptr) return {};
  return groups_->alloc_slice<T>(id_, count, site);
}

}  // namespace framealloc
