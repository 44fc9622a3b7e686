// SPDX-License-Identifier: MIT OR Apache-2.0
// Objects named by handles, so they can move and memory does not fragment.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/detail/heap/handle_cache.hpp>
#include <framealloc/detail/heap/handle_slots.hpp>
#include <framealloc/detail/heap/handle_space.hpp>
#include <framealloc/detail/heap/handle_type.hpp>
#include <framealloc/detail/heap/handle_walk.hpp>
#include <framealloc/detail/memory/shared_ledger.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/handle.hpp>
#include <framealloc/handle_pin.hpp>
#include <framealloc/handle_stats.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

namespace framealloc {

/// Objects of any type, alignment and size, each behind a Handle<T>. compact() may move an object
/// at any time, to fill holes and return chunks, so get a pointer each time and do not keep it:
///
///   resolve(handle)  a pointer, valid until the next compact() or free() on any thread
///   pin(handle)      a guard; the object stays in place until the guard ends
///
/// Thread contract: any thread, concurrently. The library protects itself, not your objects:
/// threads that share an object must synchronize as usual.
class FRAMEALLOC_API HandleAllocator {
 public:
  explicit HandleAllocator(const detail::AllocatorContext& context,
                           const HandleConfig& config = {}) noexcept;
  /// Destroys all live objects. Requirement: no other thread uses it and no PinGuard is left.
  ~HandleAllocator();
  HandleAllocator(const HandleAllocator&) = delete;
  HandleAllocator& operator=(const HandleAllocator&) = delete;

  // Effect: constructs T(arguments...), counted under the calling thread's tag.
  // Result: its handle; dangling, with the reason reported, when memory or a budget denies it.
  // alloc_with_options() does the same; `options` says whether the object may move and which
  // callback to call when it has.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                           \
  template <class T FRAMEALLOC_LIST types>                                                        \
  [[nodiscard]] Handle<T> alloc(FRAMEALLOC_LIST parameters Here here = CallSite::current()) {     \
    return alloc_at<T>(here.site, HandleOptions {} FRAMEALLOC_LIST arguments);                    \
  }                                                                                               \
  template <class T FRAMEALLOC_LIST types>                                                        \
  [[nodiscard]] Handle<T> alloc_with_options(                                                     \
      const HandleOptions& options, FRAMEALLOC_LIST parameters Here here = CallSite::current()) { \
    return alloc_at<T>(here.site, options FRAMEALLOC_LIST arguments);                             \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  [[nodiscard]] Handle<T> alloc(A&&... arguments) {
    return alloc_at<T>(CallSite::of_function(FRAMEALLOC_FUNCTION), HandleOptions{},
                       std::forward<A>(arguments)...);
  }
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  [[nodiscard]] Handle<T> alloc_with_options(const HandleOptions& options, A&&... arguments) {
    return alloc_at<T>(CallSite::of_function(FRAMEALLOC_FUNCTION), options,
                       std::forward<A>(arguments)...);
  }
  /// The same, with `site` named in reports.
  template <class T, class... A>
  [[nodiscard]] Handle<T> alloc_at(const CallSite& site, const HandleOptions& options,
                                   A&&... arguments);
  /// Effect: room for a T without a value; write before reading.
  template <class T>
  [[nodiscard]] Handle<T> alloc_raw(const HandleOptions& options = {},
                                    CallSite site = CallSite::current()) noexcept;

  /// Effect: makes the handle stale immediately. The destructor runs here or, if the object is
  /// pinned, when its last guard ends. A dangling handle is ignored. Result: false for a handle
  /// that is stale or of another type, which is reported (FA401).
  template <class T>
  bool free(Handle<T> handle) noexcept {
    return free_object(handle.id(), detail::handle_type<T>);
  }

  /// Result: the object; null if the handle is dangling, stale or of another type; the last two are
  /// reported (FA401). Takes no lock. Waits only while another thread is move-constructing this
  /// object.
  template <class T>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* resolve(Handle<T> handle) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return resolve_in(slots_.find(handle.raw_index()), handle);
  }
  template <class T>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE const T* resolve(Handle<T> handle) const noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return const_cast<HandleAllocator*>(this)->resolve(handle);
  }
  /// Result: as resolve().
  template <class T>
  [[nodiscard]] T* resolve_mut(Handle<T> handle) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return resolve(handle);
  }
  /// As resolve(), but reports nothing: for handles that are likely to be stale.
  template <class T>
  [[nodiscard]] T* try_resolve(Handle<T> handle) noexcept FRAMEALLOC_LIFETIMEBOUND {
    void* const object = find(handle.id(), detail::handle_type<T>);
    return static_cast<T*>(
        object != nullptr ? object : find_slowly(handle.id(), detail::handle_type<T>, false));
  }
  /// Result: whether the handle's object is there.
  template <class T>
  [[nodiscard]] bool is_valid(Handle<T> handle) const noexcept {
    return const_cast<HandleAllocator*>(this)->try_resolve(handle) != nullptr;
  }
  /// Result: a guard for the object; empty where resolve() would be null, with the same report.
  /// Waits while the object is being moved. Do not pin an object in its own move constructor.
  template <class T>
  [[nodiscard]] PinGuard<T> pin(Handle<T> handle) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return make_guard(handle, true);
  }
  /// Result: a pin that keeps the object in place; empty when it is gone.
  template <class T>
  [[nodiscard]] PinGuard<T> try_pin(Handle<T> handle) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return make_guard(handle, false);
  }

  /// Effect: sets each objects[i] to resolve(handles[i]). Prefetches slots and objects, so walking
  /// many costs little more than following pointers. Stops at the end of the shorter span. Result:
  /// number of objects found.
  template <class T>
  std::size_t resolve(std::span<const Handle<T>> handles, std::span<T*> objects) noexcept {
    return detail::resolve_many(*this, slots_, handles, objects);
  }
  /// Effect: calls function(T&) for each handle that finds its object, in order; the others are
  /// reported as by resolve(). The function may free any object, including its own; freed objects
  /// are not visited. No other thread may free them, and none may compact(), until the walk has
  /// ended. Result: number of objects visited.
  template <class T, class F>
  std::size_t for_each(std::span<const Handle<T>> handles, F&& function) {
    return detail::visit_many(*this, slots_, handles, function);
  }
  /// Effect: calls function(Handle<T>, T&) for every T. Each object stays in place during its call,
  /// so the function may use the allocator, including compact() and free() of that object. An
  /// object freed during the walk may end a little later, once the walk has passed its neighbors.
  /// Objects created during the walk may be missed.
  template <class T, class F>
  void for_each(F&& function);

  /// Effect: empties the least used chunk by moving its objects into holes of others and returns
  /// it; then the next, until there is nothing to gain or the budget is used up. The next call
  /// continues from there, so a small budget each frame does the work of an occasional large one.
  /// One thread compacts at a time: a concurrent call returns immediately. Relocation callbacks run
  /// here.
  CompactResult compact(const CompactBudget& budget = {}) noexcept;
  CompactResult compact(std::uint64_t time_ns) noexcept { return compact(CompactBudget{time_ns}); }
  /// Effect: compact() without a budget. Result: objects moved.
  std::uint64_t defragment() noexcept { return compact().moves; }

  /// Result: bytes in use.
  [[nodiscard]] std::size_t total_allocated() const noexcept { return ledger_.bytes_in_use(); }
  /// Result: handles in use.
  [[nodiscard]] std::uint64_t active_count() const noexcept { return ledger_.blocks_in_use(); }
  /// Result: how often an object was moved.
  [[nodiscard]] std::uint64_t relocation_count() const noexcept {
    return relocations_.load(std::memory_order_relaxed);
  }
  /// Visits every slot to count pins.
  [[nodiscard]] HandleAllocatorStats stats() const noexcept;

  /// For the layers above, which sum over all ledgers.
  [[nodiscard]] detail::SharedLedger& ledger() noexcept { return ledger_; }
  /// Effect: returns the memory of freed objects that threads keep for their next objects. Result:
  /// the bytes that were charged to budgets for it. Thread contract: any thread.
  std::size_t release_cached() noexcept;
  /// Effect: reports (FA007) everything alive now, by type and tag.
  void report_leaks() noexcept;

 private:
  template <class, class>
  friend class detail::HandleBatches;
  friend void detail::unpin_handle(HandleAllocator& handles, std::uint32_t index) noexcept;
  using Slot = detail::HandleSlot;
  using Record = detail::HandleRecord;
  using Type = detail::HandleType;

  // A slot and a block in which to construct an object; returned unless kept.
  struct Birth {
    HandleAllocator* handles;
    const Type* type;
    std::uint32_t index = detail::HandleSlots::kNone;
    void* home = nullptr;
    TagId tag = TagId::Untagged;
    ~Birth() {
      if (index != detail::HandleSlots::kNone) handles->abandon(*this);
    }
  };

  // Result: as resolve(), for a handle of that slot, which may be null.
  template <class T>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* resolve_in(const Slot* slot,
                                                       Handle<T> handle) noexcept {
    const GenerationalId id = handle.id();
    void* const object = find_in(slot, id, detail::handle_type<T>);
    if (object == nullptr) [[unlikely]]
      return static_cast<T*>(find_slowly(id, detail::handle_type<T>, true));
    return static_cast<T*>(object);
  }
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* find(GenerationalId id,
                                                    const Type& type) const noexcept {
    return find_in(slots_.find(id.index), id, type);
  }
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* find_in(const Slot* slot, GenerationalId id,
                                                       const Type& type) const noexcept {
    if (slot == nullptr) [[unlikely]]
      return nullptr;
    // The word is read last: a slot changes its word before it gets another target, so if the word is
    // that of the generation, the target read before is not of a later one. It is not of an earlier
    // one either, or the caller could not have the handle yet.
    const std::uintptr_t address = slot->target.load(std::memory_order_acquire) ^ type.mark;
    if constexpr (kCheckLevel >= 1) {
      if (slots_.record(id.index).type.load(std::memory_order_acquire) != &type) return nullptr;
    }
    if (!slot->is_of(id)) return nullptr;
    if ((address & detail::kTypeMarkBits) != 0) [[unlikely]]
      return nullptr;
    FRAMEALLOC_ASSUME(address != 0);  // or the caller would look again
    return reinterpret_cast<void*>(address);
  }
  [[nodiscard]] void* find_slowly(GenerationalId id, const Type& type, bool report) noexcept;

  // Result: whether an object made with these options may reuse the slot and block of any other
  // object of its type.
  [[nodiscard]] static bool is_plain(const HandleOptions& options) noexcept {
    return options.relocatable && options.on_relocate == nullptr;
  }
  // Result: a block cached for the calling thread's next plain object of the type, with its slot in
  // its header; null without one. It is counted and charged.
  [[nodiscard]] void* take_waiting(const Type& type) noexcept;
  // The same where the record and the tag are known, and similar helpers, for the functions of one
  // source file.
  [[nodiscard]] void* take_from(os::ThreadRecord& mine, const Type& type, TagId tag) noexcept;
  [[nodiscard]] GenerationalId make_from(os::ThreadRecord& mine, const Type& type,
                                         TagId tag) noexcept;
  [[nodiscard]] GenerationalId make_asking(const Type& type) noexcept;
  [[nodiscard]] GenerationalId publish_here(std::uint32_t index, void* home, const Type& type,
                                            TagId tag) noexcept;
  [[nodiscard]] bool begin(Birth& birth, const HandleOptions& options,
                           const CallSite& site) noexcept;
  // The same for an object for which no slot and block are cached together; it is charged.
  [[nodiscard]] bool begin_anew(Birth& birth, const HandleOptions& options,
                                const CallSite& site) noexcept;
  [[nodiscard]] void* allocate_block(const Type& type, const detail::BlockOwner& owner,
                                     bool* denied_by_limit) noexcept;
  // Result: false when a budget denies it, which is reported.
  [[nodiscard]] bool charge_or_refuse(TagId tag, std::size_t bytes, const CallSite& site) noexcept;
  // Effect: the object in the block can be found.
  [[nodiscard]] GenerationalId publish(std::uint32_t index, void* home, const Type& type,
                                       TagId tag) noexcept;
  [[nodiscard]] GenerationalId publish(Birth& birth) noexcept {
    const std::uint32_t index = detail::exchange_value(birth.index, detail::HandleSlots::kNone);
    return publish(index, birth.home, *birth.type, birth.tag);
  }
  // Result: a handle of an object without a value, in a cached block; dangling without one.
  [[nodiscard]] GenerationalId make_waiting(const Type& type) noexcept;
  [[nodiscard]] GenerationalId make_raw(const Type& type, HandleOptions options,
                                        CallSite site) noexcept;
  void abandon(Birth& birth) noexcept;
  [[nodiscard]] bool free_object(GenerationalId id, const Type& type) noexcept;
  [[nodiscard]] bool free_slowly(GenerationalId id, const Type& type) noexcept;
  // Effect: destroys the object, which the caller now owns, or leaves that to a walker.
  void end_or_defer(std::uint32_t index, Slot& slot, Record& record) noexcept;
  // Effect: destroys an object that was freed while held, unless it is still held or another thread
  // destroys it first.
  void end_if_let_go(std::uint32_t index) noexcept;
  void end(std::uint32_t index, Slot& slot, Record& record) noexcept;
  TagId release(Record& record, void* home, const Type& type) noexcept;  // result: its tag
  // Effect: caches slot and block of a freed object for the calling thread's next object of its
  // kind. Result: false if that is not possible; then nothing has changed.
  [[nodiscard]] bool leave_to_thread(Slot& slot, std::uint32_t generation, void* home,
                                     const Type& type) noexcept;
  // Effect: keeps both together for any thread's next object of the size. Result: as above.
  [[nodiscard]] bool leave_to_all(Slot& slot, void* home, const Type& type) noexcept;
  // Effect: from now on the calling thread's cache accepts blocks of that key.
  void prepare_cache(std::uint64_t key) noexcept;
  // Requirement: the space's lock is held. Result: bytes.
  std::size_t withdraw(detail::HandleCache& cache, detail::HandleCache::Entry& entry,
                       detail::BlockChunk** emptied) noexcept;
  std::size_t withdraw_all(detail::BlockChunk** emptied) noexcept;
  [[nodiscard]] detail::HandleSpace::Totals totals() const noexcept;
  static void let_go(void* slots, std::uint32_t index) noexcept;
  void withdraw_from_last(void* home, detail::BlockChunk** emptied) noexcept;
  static void tell_counts(void* handles, detail::SharedLedger& ledger) noexcept;
  FRAMEALLOC_COLD GenerationalId emit(FrameEventKind kind, GenerationalId id, const Type& type,
                                      TagId tag) const noexcept;  // result: id
  // Result: the object, pinned.
  [[nodiscard]] void* pin_object(GenerationalId id, const Type& type, bool report) noexcept;
  void unpin(std::uint32_t index) noexcept;
  template <class T>
  [[nodiscard]] PinGuard<T> make_guard(Handle<T> handle, bool report) noexcept;
  template <class>
  friend class detail::GroupWalk;
  // Effect: gathers the objects of a type in the group of slots that begins at `first`, and holds
  // the group if there are any.
  void enter_group(std::uint32_t first, const Type& type, detail::HeldGroup& group) noexcept;
  // Effect: destroys objects freed while the group was held, unless they are still held.
  void leave_group(std::uint32_t first) noexcept;

  enum class Outlook : std::uint8_t { Movable, Going, Fixed };
  [[nodiscard]] Outlook outlook_of(const detail::BlockHeader& block) const noexcept;
  [[nodiscard]] CompactResult compact_alone(const CompactBudget& budget) noexcept;
  [[nodiscard]] bool plan_chunk(const CompactBudget& budget, std::uint64_t deadline) noexcept;
  [[nodiscard]] bool plan_some() noexcept;
  [[nodiscard]] std::size_t move_next() noexcept;
  [[nodiscard]] bool begin_move(std::uint32_t index) noexcept;
  [[nodiscard]] bool is_held(std::uint32_t index) const noexcept;
  void relocate(std::uint32_t index, const Type& type, void* from, void* to) noexcept;

  FRAMEALLOC_COLD void report_stale(GenerationalId id, const Type& type) const noexcept;

  HandleConfig config_;
  detail::SharedLedger ledger_;
  detail::HandleSlots slots_;
  detail::HandleSpace space_;
  detail::HandleCaches caches_;
  std::atomic<std::uint64_t> deferred_{0};
  std::atomic<std::uint64_t> relocations_{0};
  std::atomic<std::size_t> relocated_bytes_{0};

  detail::SpinLock compacting_;  // held by the thread that compacts, and only ever tried
  std::uint64_t compact_call_ = 0;
  bool planned_ = false;  // every object of the chunk being emptied has a destination
  std::atomic<double> fragmentation_before_{0};
  std::atomic<double> fragmentation_after_{0};
};

template <class T, class... A>
Handle<T> HandleAllocator::alloc_at(const CallSite& site, const HandleOptions& options,
                                    A&&... arguments) {
  static_assert(std::is_object_v<T> && !std::is_array_v<T> && !std::is_const_v<T>);
  Birth birth{this, &detail::handle_type<T>};
  birth.home = is_plain(options) ? take_waiting(detail::handle_type<T>) : nullptr;
  if (birth.home != nullptr) [[likely]] {
    const detail::BlockHeader& header = *detail::BlockChunk::header_of(birth.home);
    birth.index = header.owner;
    birth.tag = header.tag;
  } else if (!begin(birth, options, site)) {
    return Handle<T>();
  }
  if constexpr (std::is_constructible_v<T, A...>) {
    ::new (birth.home) T(std::forward<A>(arguments)...);
  } else {
    ::new (birth.home) T{std::forward<A>(arguments)...};
  }
  return Handle<T>(publish(birth));
}

template <class T>
Handle<T> HandleAllocator::alloc_raw(const HandleOptions& options, CallSite site) noexcept {
  static_assert(std::is_trivially_copyable_v<T>, "a type that needs its constructor: use alloc()");
  static_assert(!std::is_array_v<T> && !std::is_const_v<T>);
  if (is_plain(options)) [[likely]] {
    const GenerationalId id = make_waiting(detail::handle_type<T>);
    if (!id.is_dangling()) [[likely]]
      return Handle<T>(id);
  }
  // Member by member, so members not needed above are not even written.
  return Handle<T>(
      make_raw(detail::handle_type<T>,
               HandleOptions{options.relocatable, options.on_relocate, options.context},
               CallSite{site.file, site.function, site.line, site.type}));
}

template <class T>
PinGuard<T> HandleAllocator::make_guard(Handle<T> handle, bool report) noexcept {
  void* const object = pin_object(handle.id(), detail::handle_type<T>, report);
  return object == nullptr ? PinGuard<T>() : PinGuard<T>(*this, static_cast<T*>(object), handle);
}

template <class T, class F>
void HandleAllocator::for_each(F&& function) {
  const std::uint32_t slots = slots_.size();
  for (std::uint32_t first = 0; first < slots; first += detail::HandleSlots::kGroup) {
    const detail::GroupWalk walk(*this, first, detail::handle_type<T>);
    for (std::size_t i = 0; i < walk.size(); ++i) {
      GenerationalId id;
      void* const object = walk.at(i, &id);
      if (object != nullptr) function(Handle<T>(id), *static_cast<T*>(object));
    }
  }
}

}  // namespace framealloc
