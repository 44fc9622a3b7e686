// SPDX-License-Identifier: MIT OR Apache-2.0
// Objects that are named by handles, so that they can move and memory does not fragment.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/heap/handle_slots.hpp>
#include <framealloc/detail/heap/handle_space.hpp>
#include <framealloc/detail/heap/handle_type.hpp>
#include <framealloc/detail/memory/shared_account.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/handle.hpp>
#include <framealloc/handle_pin.hpp>
#include <framealloc/handle_stats.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace framealloc {

// Objects of any type, alignment and size, each behind a Handle<T>. The allocator may move an
// object whenever compact() runs, to fill holes and give chunks back, so a pointer is something one
// asks for and does not keep:
//
//   resolve(handle)  a pointer that is valid until the next compact() or free() on any thread
//   pin(handle)      a guard; until it ends the object stays, whoever compacts or frees
//
// Thread contract: any thread, all at once. The library guards itself, not your objects: two
// threads that use one object need to agree as ever.
class FRAMEALLOC_API HandleAllocator {
 public:
  explicit HandleAllocator(const detail::AccountHost& host,
                           const HandleConfig& config = {}) noexcept;
  // Destroys what is alive. Requirement: no other thread uses it, and no PinGuard is left.
  ~HandleAllocator();
  HandleAllocator(const HandleAllocator&) = delete;
  HandleAllocator& operator=(const HandleAllocator&) = delete;

  // Effect: constructs T(arguments...), counted under the calling thread's tag.
  // Result: its handle; dangling when memory or a budget denies it, and the reason is reported.
  // alloc_with_options() does the same, and `options` says whether it may move and who is told when
  // it did.
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
  // The same, where reports name `site`.
  template <class T, class... A>
  [[nodiscard]] Handle<T> alloc_at(const CallSite& site, const HandleOptions& options,
                                   A&&... arguments);
  // Effect: room for a T without a value; write it before it is read.
  template <class T>
  [[nodiscard]] Handle<T> alloc_raw(const HandleOptions& options = {},
                                    CallSite site = CallSite::current()) noexcept;

  // Effect: the handle is stale at once. The destructor runs here, or, while the object is pinned,
  // when its last guard ends. A dangling handle is ignored. Result: false for one that is stale or
  // of another type, which is reported (FA401).
  template <class T>
  bool free(Handle<T> handle) noexcept {
    return free_object(handle.id(), detail::handle_type<T>);
  }

  // Result: the object; null when the handle is dangling, stale or of another type; the last two
  // are reported (FA401). Takes no lock. It waits in one case only: while another thread is
  // move-constructing this very object.
  template <class T>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* resolve(Handle<T> handle) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    void* const object = find(handle.id(), detail::handle_type<T>);
    if (object == nullptr) [[unlikely]]
      return static_cast<T*>(find_slowly(handle.id(), detail::handle_type<T>, true));
    return static_cast<T*>(object);
  }
  template <class T>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE const T* resolve(Handle<T> handle) const noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return const_cast<HandleAllocator*>(this)->resolve(handle);
  }
  template <class T>
  [[nodiscard]] T* resolve_mut(Handle<T> handle) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return resolve(handle);
  }
  // As resolve(), and reports nothing: for handles that may well be stale.
  template <class T>
  [[nodiscard]] T* try_resolve(Handle<T> handle) noexcept FRAMEALLOC_LIFETIMEBOUND {
    void* const object = find(handle.id(), detail::handle_type<T>);
    return static_cast<T*>(
        object != nullptr ? object : find_slowly(handle.id(), detail::handle_type<T>, false));
  }
  template <class T>
  [[nodiscard]] bool is_valid(Handle<T> handle) const noexcept {
    return const_cast<HandleAllocator*>(this)->try_resolve(handle) != nullptr;
  }
  // Result: a guard of the object; an empty one where resolve() is null, after the same report. It
  // waits while the object is being moved. Do not pin an object in its own move constructor.
  template <class T>
  [[nodiscard]] PinGuard<T> pin(Handle<T> handle) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return make_guard(handle, true);
  }
  template <class T>
  [[nodiscard]] PinGuard<T> try_pin(Handle<T> handle) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return make_guard(handle, false);
  }

  // Effect: calls function(Handle<T>, T&) for every T, each pinned during its call, so that the
  // function may use the allocator, compact() and free() of that very object included. Objects that
  // come meanwhile may be left out.
  template <class T, class F>
  void for_each(F&& function);

  // Effect: empties the least used chunk by moving its objects into holes of others, and gives it
  // back; then the next, until nothing is to be gained or the budget is used up. The next call goes
  // on from there, so a small budget each frame does the work of a large one now and then. One
  // thread compacts at a time: a call beside it returns at once. Relocation callbacks run here.
  CompactResult compact(const CompactBudget& budget = {}) noexcept;
  CompactResult compact(std::uint64_t time_ns) noexcept { return compact(CompactBudget{time_ns}); }
  // Effect: compact() without a budget. Result: objects moved.
  std::uint64_t defragment() noexcept { return compact().moves; }

  [[nodiscard]] std::size_t total_allocated() const noexcept { return account_.bytes_in_use(); }
  [[nodiscard]] std::uint64_t active_count() const noexcept { return account_.blocks_in_use(); }
  [[nodiscard]] std::uint64_t relocation_count() const noexcept {
    return relocations_.load(std::memory_order_relaxed);
  }
  // Looks at every slot, for the pins.
  [[nodiscard]] HandleAllocatorStats stats() const noexcept;

  // For the layers above, which sum over all accounts.
  [[nodiscard]] detail::SharedAccount& account() noexcept { return account_; }
  // Effect: reports (FA007) what is alive now, by type and tag.
  void report_leaks() noexcept;

 private:
  friend void detail::unpin_handle(HandleAllocator& handles, detail::HandleSlot& slot) noexcept;
  using Slot = detail::HandleSlot;
  using Type = detail::HandleType;

  // A slot and a block for an object to be constructed in; goes back unless it is kept.
  struct Birth {
    HandleAllocator* handles;
    const Type* type;
    Slot* slot = nullptr;
    void* home = nullptr;
    TagId tag = TagId::Untagged;
    ~Birth() {
      if (slot != nullptr) handles->abandon(*this);
    }
  };

  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* find(GenerationalId id,
                                                    const Type& type) const noexcept {
    const Slot* const slot = slots_.find(id.index);
    if (slot == nullptr) [[unlikely]]
      return nullptr;
    // The word is read again last: if it is the same, address and type were of that generation.
    const std::uint64_t expected = Slot::word_of(id.generation);
    if (((slot->word.load(std::memory_order_acquire) & ~Slot::kMostPins) ^ expected) != 0)
      return nullptr;
    void* const address = slot->address.load(std::memory_order_acquire);
    const Type* const actual = slot->type.load(std::memory_order_acquire);
    if (((slot->word.load(std::memory_order_relaxed) & ~Slot::kMostPins) ^ expected) != 0)
      return nullptr;
    return actual == &type ? address : nullptr;
  }
  [[nodiscard]] void* find_slowly(GenerationalId id, const Type& type, bool report) noexcept;

  [[nodiscard]] bool begin(Birth& birth, const HandleOptions& options,
                           const CallSite& site) noexcept;
  [[nodiscard]] GenerationalId publish(Birth& birth) noexcept;
  void abandon(Birth& birth) noexcept;
  [[nodiscard]] bool free_object(GenerationalId id, const Type& type) noexcept;
  void end(Slot& slot) noexcept;
  TagId release(Slot& slot, void* home, const Type& type) noexcept;  // result: its tag
  FRAMEALLOC_COLD void tell(FrameEventKind kind, GenerationalId id, const Type& type,
                            TagId tag) const noexcept;
  [[nodiscard]] Slot* pin_slot(GenerationalId id, const Type& type, bool report) noexcept;
  void unpin(Slot& slot) noexcept;
  template <class T>
  [[nodiscard]] PinGuard<T> make_guard(Handle<T> handle, bool report) noexcept;
  // Result: the slot's object pinned, if it has one of the type now; `*generation` is its.
  [[nodiscard]] Slot* pin_any(std::uint32_t index, const Type& type,
                              std::uint32_t* generation) noexcept;

  enum class Outlook : std::uint8_t { Movable, Going, Fixed };
  [[nodiscard]] Outlook outlook_of(const detail::BlockHeader& block) const noexcept;
  [[nodiscard]] CompactResult compact_alone(const CompactBudget& budget) noexcept;
  [[nodiscard]] bool plan_chunk(const CompactBudget& budget, std::uint64_t deadline) noexcept;
  [[nodiscard]] bool plan_some() noexcept;
  [[nodiscard]] std::size_t move_next() noexcept;
  void relocate(Slot& slot, const Type& type, void* from, void* to) noexcept;

  FRAMEALLOC_COLD void report_stale(GenerationalId id, const Type& type) const noexcept;

  HandleConfig config_;
  detail::SharedAccount account_;
  detail::HandleSlots slots_;
  detail::HandleSpace space_;
  std::atomic<std::uint64_t> deferred_{0};
  std::atomic<std::uint64_t> relocations_{0};
  std::atomic<std::size_t> relocated_bytes_{0};

  detail::SpinLock compacting_;  // held by the thread that compacts, and only ever tried
  std::uint64_t compact_call_ = 0;
  bool planned_ = false;  // every object of the chunk that is set apart has a place to go to
  std::atomic<double> fragmentation_before_{0};
  std::atomic<double> fragmentation_after_{0};
};

template <class T, class... A>
Handle<T> HandleAllocator::alloc_at(const CallSite& site, const HandleOptions& options,
                                    A&&... arguments) {
  static_assert(std::is_object_v<T> && !std::is_array_v<T> && !std::is_const_v<T>);
  Birth birth{this, &detail::handle_type<T>};
  if (!begin(birth, options, site)) return Handle<T>();
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
  Birth birth{this, &detail::handle_type<T>};
  return begin(birth, options, site) ? Handle<T>(publish(birth)) : Handle<T>();
}

template <class T>
PinGuard<T> HandleAllocator::make_guard(Handle<T> handle, bool report) noexcept {
  Slot* const slot = pin_slot(handle.id(), detail::handle_type<T>, report);
  if (slot == nullptr) return PinGuard<T>();
  return PinGuard<T>(*this, *slot, static_cast<T*>(slot->address.load(std::memory_order_acquire)),
                     handle);
}

template <class T, class F>
void HandleAllocator::for_each(F&& function) {
  const std::uint32_t slots = slots_.size();
  for (std::uint32_t index = 0; index < slots; ++index) {
    std::uint32_t generation = 0;
    Slot* const slot = pin_any(index, detail::handle_type<T>, &generation);
    if (slot == nullptr) continue;
    const Handle<T> handle(index, generation);
    const PinGuard<T> guard(*this, *slot,
                            static_cast<T*>(slot->address.load(std::memory_order_acquire)), handle);
    function(handle, *guard);
  }
}

}  // namespace framealloc
