// SPDX-License-Identifier: MIT OR Apache-2.0
// The allocator that a program holds. The types its members return and take are only
// forward-declared here: include the header of each type you use, or <framealloc/framealloc.hpp>
// for all of them.
#pragma once

#include <framealloc/annotations.hpp>
#include <framealloc/build_config.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/config.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/detail/base/memory_resource.hpp>
#include <framealloc/detail/memory/owned_listener.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/pool/slab.hpp>
#include <framealloc/detail/thread/entry.hpp>
#include <framealloc/detail/thread/handle_access.hpp>
#include <framealloc/detail/thread/instance_head.hpp>
#include <framealloc/detail/thread/kept.hpp>
#include <framealloc/detail/thread/tls.hpp>
#include <framealloc/figures.hpp>
#include <framealloc/frame_arena.hpp>
#include <framealloc/frame_burst.hpp>
#include <framealloc/frame_new.hpp>
#include <framealloc/frame_string.hpp>
#include <framealloc/fwd.hpp>
#include <framealloc/lifecycle_event.hpp>
#include <framealloc/retention_policy.hpp>
#include <framealloc/scopes.hpp>
#include <framealloc/scratch_types.hpp>
#include <framealloc/subscription.hpp>
#include <framealloc/text.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace framealloc {

namespace detail {
template <class F>
struct BudgetCall;  // thread_budget.hpp
}

/// The outcome of speculative().
template <class T>
struct Speculation {
  std::optional<T> value;  ///< set if the frame memory was kept
  /// Result: whether the frame memory was kept.
  [[nodiscard]] bool kept() const noexcept { return value.has_value(); }
  [[nodiscard]] explicit operator bool() const noexcept { return kept(); }
};

/// Handle to an allocator. Copies share the allocator, which ends with the last of them. All
/// members may be called from any thread. You say what the memory is for: frame memory is freed
/// at the end of the frame, pool and heap memory when you free it. Errors: a
/// function that cannot provide memory returns null (or an empty box, slice or container) and
/// reports the reason to AllocConfig::on_report (stderr by default). Nothing throws except the
/// standard-library adaptors, which throw std::bad_alloc as the standard requires. An allocator
/// that could not be made (impossible configuration, exhausted source) is safe to use, and every
/// function returns null; see operator bool and create().
class FRAMEALLOC_API SmartAlloc {
 public:
  /// Effect: makes an allocator. Leave the second argument alone: it compares the switches that
  /// your code and the library were compiled with, and aborts, naming the switch, if one differs.
  explicit SmartAlloc(const AllocConfig& config = {}, BuildConfig build = header_build_config());
  /// Result: an allocator with the default configuration.
  [[nodiscard]] static SmartAlloc with_defaults() { return SmartAlloc(); }
  /// The same, but returns the error instead of reporting it.
  [[nodiscard]] static Result<SmartAlloc> create(const AllocConfig& config,
                                                 BuildConfig build = header_build_config());
  SmartAlloc(const SmartAlloc& other) noexcept
      : instance_(other.instance_), tls_offset_(other.tls_offset_), page_mask_(other.page_mask_) {
    share();
  }
  SmartAlloc(SmartAlloc&& other) noexcept { swap(other); }
  SmartAlloc& operator=(SmartAlloc other) noexcept {
    swap(other);
    return *this;
  }
  ~SmartAlloc() { let_go(); }
  void swap(SmartAlloc& other) noexcept {
    detail::swap_values(instance_, other.instance_);
    detail::swap_values(tls_offset_, other.tls_offset_);
    detail::swap_values(page_mask_, other.page_mask_);
  }
  /// Result: whether the allocator could be made.
  [[nodiscard]] explicit operator bool() const noexcept { return instance_ != nullptr; }
  // Two handles are equal when they share one allocator.
  friend bool operator==(const SmartAlloc& a, const SmartAlloc& b) noexcept {
    return a.instance_ == b.instance_;
  }

  // --- Frames -----------------------------------------------------------------------------------
  /// Effect: opens the frame of all threads. Calling it inside a frame is reported (FA004) and
  /// changes nothing. Thread contract: the thread that drives frames, one at a time.
  FRAMEALLOC_BEGIN_FRAME void begin_frame() noexcept;
  /// Effect: ends the frame of all threads. Pending destructors run here, newest first. Calling it
  /// with no open frame is reported (FA004) and changes nothing.
  FRAMEALLOC_END_FRAME void end_frame() noexcept;
  /// Result: number of the open frame, or else of the last one; 0 before the first.
  [[nodiscard]] std::uint64_t frame_number() const noexcept;
  /// Result: whether this thread may allocate frame memory now.
  [[nodiscard]] bool in_frame() const noexcept;
  /// Result: a frame that ends with the object.
  [[nodiscard]] ScopedFrame scoped_frame() noexcept { return ScopedFrame(instance_); }
  /// Result: a scope at whose end the frame memory taken since is rewound.
  [[nodiscard]] FrameScope frame_scope() noexcept { return FrameScope(scope_arena()); }
  /// Effect: gives this thread its own cadence (audio, streaming, rendering). It leaves the shared
  /// frame until its own frame ends. Unbalanced calls are reported (FA004).
  FRAMEALLOC_BEGIN_THREAD_FRAME void begin_thread_frame() noexcept;
  /// Effect: ends this thread's own frame. Calls that do not pair are reported (FA004).
  FRAMEALLOC_END_THREAD_FRAME void end_thread_frame() noexcept;
  /// Result: this thread's arena. Keep the reference across a loop: allocating through it is the
  /// shortest path. Valid on this thread while the allocator lives, until the thread begins or ends
  /// its own frame.
  [[nodiscard]] FrameArena& frame_arena() noexcept FRAMEALLOC_LIFETIMEBOUND {
    FrameArena* const arena = slot().arena;
    if (arena != &detail::empty_arena) [[likely]]
      return *arena;
    return instance_ == nullptr ? detail::empty_arena : detail::frame_arena(*instance_);
  }

  // --- Frame memory -----------------------------------------------------------------------------
  /// Null when denied, uninitialized unless said otherwise, valid until the frame ends.
  /// `site` is for reports and guard modes; only the slow path ever looks at it.
  template <class T>
  FRAMEALLOC_FRAME [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* frame_alloc(
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return static_cast<T*>(bump<alignof(T)>(align_up(sizeof(T), kGranule), site));
  }
  /// Effect: as frame_alloc().
  template <class T>
  FRAMEALLOC_FRAME [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* try_frame_alloc(
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return frame_alloc<T>(site);
  }
  /// Effect: `count` contiguous T in one bump. A count whose size overflows is reported (FA011).
  template <class T>
  FRAMEALLOC_FRAME [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* frame_alloc_batch(
      std::size_t count, CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return static_cast<T*>(
        bump<alignof(T)>(align_up(saturating_bytes(count, sizeof(T)), kGranule), site));
  }
  /// Effect: two T in a row. Result: null when denied.
  template <class T>
  FRAMEALLOC_FRAME [[nodiscard]] std::array<T, 2>* frame_alloc_2(
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return frame_alloc<std::array<T, 2>>(site);
  }
  /// Effect: four T in a row. Result: null when denied.
  template <class T>
  FRAMEALLOC_FRAME [[nodiscard]] std::array<T, 4>* frame_alloc_4(
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return frame_alloc<std::array<T, 4>>(site);
  }
  /// Effect: eight T in a row. Result: null when denied.
  template <class T>
  FRAMEALLOC_FRAME [[nodiscard]] std::array<T, 8>* frame_alloc_8(
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return frame_alloc<std::array<T, 8>>(site);
  }
  /// Requirement: `alignment` is a power of two; anything else is reported (FA011). Zero bytes are
  /// a valid request: the result is aligned and not null, but must not be dereferenced.
  FRAMEALLOC_FRAME [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* frame_alloc_layout(
      std::size_t size, std::size_t alignment,
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND;
  // Effect: constructs T(arguments...); its destructor, if it does anything, runs at the frame's
  // end.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                           \
  template <class T FRAMEALLOC_LIST types>                                                        \
  FRAMEALLOC_FRAME [[nodiscard]] T* frame_new(FRAMEALLOC_LIST parameters Here here =              \
                                                  CallSite::current()) FRAMEALLOC_LIFETIMEBOUND { \
    return frame_new_at<T>(frame_arena(), here.site FRAMEALLOC_LIST arguments);                   \
  }                                                                                               \
  template <class T FRAMEALLOC_LIST types>                                                        \
  FRAMEALLOC_FRAME [[nodiscard]] FrameBox<T> frame_box(                                           \
      FRAMEALLOC_LIST parameters Here here = CallSite::current()) FRAMEALLOC_LIFETIMEBOUND {      \
    return FrameBox<T>::make_at(frame_arena(), here.site FRAMEALLOC_LIST arguments);              \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  FRAMEALLOC_FRAME [[nodiscard]] T* frame_new(A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    return framealloc::frame_new<T>(frame_arena(), std::forward<A>(arguments)...);
  }
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  FRAMEALLOC_FRAME [[nodiscard]] FrameBox<T> frame_box(A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    return FrameBox<T>::make(frame_arena(), std::forward<A>(arguments)...);
  }
  /// Effect: `count` value-initialized T.
  template <class T>
  FRAMEALLOC_FRAME [[nodiscard]] FrameSlice<T> frame_slice(
      std::size_t count, CallSite site = CallSite::current()) FRAMEALLOC_LIFETIMEBOUND {
    return FrameSlice<T>::make(frame_arena(), count, site);
  }
  /// Effect: a vector in frame memory, with that capacity if it is not denied.
  template <class T>
  FRAMEALLOC_FRAME [[nodiscard]] FrameVec<T> frame_vec(std::size_t capacity = 0,
                                                       CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return FrameVec<T>(frame_arena(), capacity, site);
  }
  /// Effect: a map in frame memory, with that capacity if it is not denied.
  template <class K, class V>
  FRAMEALLOC_FRAME [[nodiscard]] FrameMap<K, V> frame_map(
      std::size_t capacity = 0,
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return FrameMap<K, V>(frame_arena(), capacity, {}, {}, site);
  }
  /// Effect: a string in frame memory, with that capacity if it is not denied.
  FRAMEALLOC_FRAME [[nodiscard]] FrameString frame_string(
      std::size_t capacity = 0,
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return FrameString(frame_arena(), capacity, site);
  }
  /// Effect: a burst of allocations of this thread; see FrameBurst. `bytes` is the size of its
  /// windows.
  FRAMEALLOC_FRAME [[nodiscard]] FrameBurst frame_burst(std::size_t bytes = std::size_t{64} << 10,
                                                        Prefetch prefetch = Prefetch::None) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return frame_arena().burst(bytes, prefetch);
  }
  /// Result: bytes until the tightest budget, limit or policy denies; SIZE_MAX without any.
  [[nodiscard]] std::size_t frame_remaining() const noexcept;

  // --- Pool and heap: yours until you free it, on any thread ------------------------------------
  /// Effect: memory for a T from the pool, uninitialized. Result: null when denied. Free it with
  /// pool_free().
  template <class T>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* pool_alloc(
      CallSite site = CallSite::current()) noexcept;
  /// Requirement: `block` is null or came from pool_alloc of the same type on this allocator. From
  /// check level 1 on (or with AllocConfig::checked), a foreign pointer (FA006) or a double free
  /// (FA005) is reported and changes nothing. Runs no destructor.
  template <class T>
  FRAMEALLOC_ALWAYS_INLINE void pool_free(T* block, CallSite site = CallSite::current()) noexcept;
  // Effect: a T that the box destroys and frees, on whichever thread the box ends.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                           \
  template <class T FRAMEALLOC_LIST types>                                                        \
  [[nodiscard]] PoolBox<T> pool_box(FRAMEALLOC_LIST parameters Here here = CallSite::current()) { \
    return make_box<PoolBox<T>>(here.site FRAMEALLOC_LIST arguments);                             \
  }                                                                                               \
  template <class T FRAMEALLOC_LIST types>                                                        \
  [[nodiscard]] PoolArc<T> pool_arc(FRAMEALLOC_LIST parameters Here here = CallSite::current()) { \
    return make_box<PoolArc<T>>(here.site FRAMEALLOC_LIST arguments);                             \
  }                                                                                               \
  template <class T FRAMEALLOC_LIST types>                                                        \
  [[nodiscard]] HeapBox<T> heap_box(FRAMEALLOC_LIST parameters Here here = CallSite::current()) { \
    return make_box<HeapBox<T>>(here.site FRAMEALLOC_LIST arguments);                             \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  [[nodiscard]] PoolBox<T> pool_box(A&&... arguments) {
    return make_box<PoolBox<T>>(CallSite::of_function(FRAMEALLOC_FUNCTION),
                                std::forward<A>(arguments)...);
  }
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  [[nodiscard]] PoolArc<T> pool_arc(A&&... arguments) {
    return make_box<PoolArc<T>>(CallSite::of_function(FRAMEALLOC_FUNCTION),
                                std::forward<A>(arguments)...);
  }
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  [[nodiscard]] HeapBox<T> heap_box(A&&... arguments) {
    return make_box<HeapBox<T>>(CallSite::of_function(FRAMEALLOC_FUNCTION),
                                std::forward<A>(arguments)...);
  }
  /// Effect: `count` uninitialized T, of any size. A count of 0 also gets a distinct block.
  template <class T>
  [[nodiscard]] T* heap_alloc(std::size_t count = 1, CallSite site = CallSite::current()) noexcept {
    return static_cast<T*>(
        heap_bytes(saturating_bytes(count, sizeof(T)), alignof(T), site.template of_type<T>()));
  }
  /// Effect: frees the block, on any thread. Requirement: null, or from heap_alloc() of this
  /// allocator. Runs no destructor.
  template <class T>
  void heap_free(T* block, CallSite site = CallSite::current()) noexcept {
    if (instance_ != nullptr)
      detail::heap_free(*instance_, const_cast<std::remove_cv_t<T>*>(block), site);
  }
  /// std::vectors with pool or heap memory; they throw std::bad_alloc when denied.
  template <class T>
  [[nodiscard]] auto pool_vec() {
    return std::vector<T, PoolAllocator<T>>(PoolAllocator<T>(instance_));
  }
  /// Result: a std::vector with heap memory; it throws std::bad_alloc when denied.
  template <class T>
  [[nodiscard]] auto heap_vec() {
    return std::vector<T, HeapAllocator<T>>(HeapAllocator<T>(instance_));
  }
  /// Result: resources for std::pmr containers, valid while the allocator lives. The frame resource
  /// serves each calling thread from that thread's arena.
  [[nodiscard]] std::pmr::memory_resource* frame_resource() noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Result: the pool as a std::pmr resource, for any thread.
  [[nodiscard]] std::pmr::memory_resource* pool_resource() noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Result: the heap as a std::pmr resource, for any thread.
  [[nodiscard]] std::pmr::memory_resource* heap_resource() noexcept FRAMEALLOC_LIFETIMEBOUND;

  // --- Tags, phases, checkpoints ----------------------------------------------------------------
  /// Effect: runs `function` (which takes this allocator or nothing) with this thread's allocations
  /// attributed to `tag`, below the current tag. Result: that of the function.
  template <class F>
  decltype(auto) with_tag(std::string_view tag, FRAMEALLOC_NOESCAPE F&& function) {
    const TagScope scope(instance_, tag);
    if constexpr (std::invocable<F, SmartAlloc&>) {
      return std::forward<F>(function)(*this);
    } else {
      return std::forward<F>(function)();
    }
  }
  /// Result: a scope in which this thread's allocations are under the tag.
  [[nodiscard]] TagScope tag_scope(std::string_view tag) noexcept {
    return TagScope(instance_, tag);
  }
  /// The same with a tag that tag() has resolved. The tag is set as is, not below the current one,
  /// and needs no lookup.
  template <class F>
  decltype(auto) with_tag(Tag tag, FRAMEALLOC_NOESCAPE F&& function) {
    const TagScope scope(instance_, tag);
    if constexpr (std::invocable<F, SmartAlloc&>) {
      return std::forward<F>(function)(*this);
    } else {
      return std::forward<F>(function)();
    }
  }
  /// Result: a scope in which this thread's allocations are under the tag.
  [[nodiscard]] TagScope tag_scope(Tag tag) noexcept { return TagScope(instance_, tag); }
  /// Result: the last component of this thread's tag; "" when untagged.
  [[nodiscard]] std::string_view current_tag() const noexcept;
  [[nodiscard]] std::string tag_path() const;  ///< "game::physics"
  /// Effect: opens a phase of this thread, inside the open one if there is one.
  void begin_phase(std::string_view name) noexcept;
  /// Result: the innermost phase of this thread, which has now ended; empty (and FA004) if none is
  /// open.
  std::optional<Phase> end_phase();
  /// Result: a phase that ends with the object.
  [[nodiscard]] PhaseScope phase_scope(std::string_view name) noexcept {
    return PhaseScope(instance_, name);
  }
  /// Result: the innermost phase of this thread; "" when none is open.
  [[nodiscard]] std::string_view current_phase() const noexcept;
  /// Result: the current position in this thread's frame memory, for rollback_to().
  [[nodiscard]] FrameCheckpoint frame_checkpoint() noexcept { return frame_arena().checkpoint(); }
  /// Effect: frees what this thread took since then. Result: false, and a report, if the checkpoint
  /// is not from this frame.
  FRAMEALLOC_REWINDS bool rollback_to(FrameCheckpoint checkpoint) noexcept {
    return frame_arena().rewind(checkpoint);
  }
  /// Result: a guard that rolls back when it ends, unless it is committed.
  [[nodiscard]] CheckpointGuard checkpoint_guard() noexcept { return CheckpointGuard(instance_); }
  /// Effect: runs `function` (which takes this allocator or nothing). Its frame allocations are
  /// kept if its result says so (true, an engaged optional, a Result with a value, a non-null
  /// pointer, or void) and rolled back otherwise. Result: the value, if kept.
  template <class F>
  auto speculative(FRAMEALLOC_NOESCAPE F&& function);

  // --- Objects that outlive their frame ---------------------------------------------------------
  // Effect: a T(arguments...) in frame memory, which end_frame_with_promotions() moves to where
  // `policy` says, under the tag that is current now. If its memory ends any other way (a plain
  // end_frame(), a rewind, the end of the allocator), the object is destroyed. For objects that
  // will not be promoted, prefer frame_new(): each retained object carries a record of about 170
  // bytes. Result: an empty handle when memory is denied (reported). Any thread in a frame.
  // frame_with_importance() is the same with the policy of the given importance.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                     \
  template <class T FRAMEALLOC_LIST types>                                                  \
  FRAMEALLOC_FRAME [[nodiscard]] FrameRetained<T> frame_retained(                           \
      RetentionPolicy policy, FRAMEALLOC_LIST parameters Here here = CallSite::current()) { \
    return retain<T>(here.site, policy FRAMEALLOC_LIST arguments);                          \
  }                                                                                         \
  template <class T FRAMEALLOC_LIST types>                                                  \
  FRAMEALLOC_FRAME [[nodiscard]] FrameRetained<T> frame_with_importance(                    \
      Importance importance, FRAMEALLOC_LIST parameters Here here = CallSite::current()) {  \
    return retain<T>(here.site, importance.policy() FRAMEALLOC_LIST arguments);             \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  FRAMEALLOC_FRAME [[nodiscard]] FrameRetained<T> frame_retained(RetentionPolicy policy,
                                                                 A&&... arguments) {
    return retain<T>(CallSite::of_function(FRAMEALLOC_FUNCTION), policy,
                     std::forward<A>(arguments)...);
  }
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  FRAMEALLOC_FRAME [[nodiscard]] FrameRetained<T> frame_with_importance(Importance importance,
                                                                        A&&... arguments) {
    return retain<T>(CallSite::of_function(FRAMEALLOC_FUNCTION), importance.policy(),
                     std::forward<A>(arguments)...);
  }

  /// Effect: as end_frame(), but first moves every retained object of the frame, of all threads, to
  /// where its policy says: allocated there by size and alignment, counted under its tag, and moved
  /// by its move constructor (by bytes if is_trivially_relocatable<T>). Objects that cannot be
  /// moved are destroyed with the frame, and the result says why. With frames_in_flight above 1,
  /// the objects promoted are those of the frame whose memory ends now; until then they stay in
  /// place. Result: the objects, for you to take; those not taken are destroyed with the result.
  /// Thread contract: as end_frame(), while no other thread uses the frame.
  FRAMEALLOC_END_FRAME [[nodiscard]] PromotionResult end_frame_with_promotions() noexcept;
  /// The same for the frame of this thread, see begin_thread_frame().
  FRAMEALLOC_END_THREAD_FRAME [[nodiscard]] PromotionResult
  end_thread_frame_with_promotions() noexcept;
  /// Effect: as end_frame_with_promotions(); promoted objects that the promotion handler does not
  /// take are destroyed, except those in scratch pools. Result: only the summary.
  FRAMEALLOC_END_FRAME FrameSummary end_frame_with_summary() noexcept;
  /// Effect: from now on calls `handler` for each promoted object right after its frame has ended;
  /// the handler may take the object. Null = none. Thread contract: the thread that drives frames.
  void set_promotion_handler(PromotionHandler handler, void* context = nullptr) noexcept;

  /// Result: number of objects, over all threads, that wait to be promoted. Any thread.
  [[nodiscard]] std::size_t retained_count() const noexcept;
  /// Effect: all objects retained so far, by all threads, end with their frame instead.
  /// Thread contract: any thread, while no other thread retains.
  void clear_retained() noexcept;

  // --- Allocators that all threads share --------------------------------------------------------
  /// Result: objects behind handles, which may move so that memory does not fragment.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE HandleAllocator& handles() const noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    if (instance_ != nullptr) [[likely]] {
      HandleAllocator* const made =
          detail::head_of(*instance_).handles.load(std::memory_order_acquire);
      if (made != nullptr) [[likely]]
        return *made;
    }
    return first_handles();
  }
  /// Result: assets within a budget (AllocConfig::streaming_budget). Their age is counted in
  /// frames.
  [[nodiscard]] StreamingAllocator& streaming() const noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Result: groups of allocations that are freed together.
  [[nodiscard]] GroupAllocator& groups() const noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Result: named pools whose memory stays until it is reset.
  [[nodiscard]] ScratchRegistry& scratch() const noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Result: the pool of that name, made with `capacity` bytes if it does not exist; it can grow
  /// beyond that. Valid until the pool is removed from scratch(). Only one thread may use a pool at
  /// a time.
  [[nodiscard]] ScratchPool& scratch_pool(
      std::string_view name, std::size_t capacity = kDefaultScratchCapacity,
      CallSite site = CallSite::current()) const noexcept FRAMEALLOC_LIFETIMEBOUND;

  // --- Threads ----------------------------------------------------------------------------------
  /// Effect: from now on each end_frame() expects the barrier to have completed a phase since
  /// begin_frame(), and otherwise reports FA205 with the names of the missing threads. The
  /// barrier's own reports (FA208 timeout, FA209 surplus arrival) go to this allocator. Null
  /// removes the barrier. The barrier may end before the allocator; an allocator has one barrier at
  /// a time, and a barrier one allocator. Thread contract: the thread that drives frames, while no
  /// other thread is at the barrier.
  void set_frame_barrier(FrameBarrier* barrier) noexcept;

  // Effect: a T(arguments...) in the pool, for another thread to receive: it outlives the frame and
  // keeps its address. Result: an empty handle when memory is denied (reported).
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                         \
  template <class T FRAMEALLOC_LIST types>                                                      \
  [[nodiscard]] TransferHandle<T> frame_box_for_transfer(FRAMEALLOC_LIST parameters Here here = \
                                                             CallSite::current()) {             \
    return make_transfer<T>(here.site FRAMEALLOC_LIST arguments);                               \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  [[nodiscard]] TransferHandle<T> frame_box_for_transfer(A&&... arguments) {
    return make_transfer<T>(CallSite::of_function(FRAMEALLOC_FUNCTION),
                            std::forward<A>(arguments)...);
  }
  /// Result: sums over all threads. Exact once the reader has synchronized with them.
  [[nodiscard]] TransferStats transfer_stats() const noexcept;

  /// Effect: sets when blocks freed by other threads are taken back, and how many may wait; see
  /// DeferredConfig. Without this call, the thread that drives frames takes them back every few
  /// frames. Thread contract: any thread; takes effect at the next frame boundary.
  void configure_deferred(const DeferredConfig& config) noexcept;
  /// Effect: sends off blocks this thread freed for others, and takes back at most `max_count`
  /// blocks that others freed for it. If another thread was denied memory that this one keeps
  /// ready, gives that back. Result: number of blocks taken back. Any thread, each for itself.
  std::size_t process_deferred_frees(std::size_t max_count) noexcept;
  /// Result: sums over all threads. Exact once the reader has synchronized with them.
  [[nodiscard]] DeferredStats deferred_stats() const noexcept;

  /// Effect: limits the calling thread to `bytes` in one frame, or in its pool. A request beyond
  /// the limit is denied (FA312) or granted, as `policy` says; 0 removes the budget. Takes effect
  /// immediately, ends with the thread. A frame budget restarts with each frame. The pool budget
  /// counts blocks that the thread allocated and that have not been freed; of blocks too large for
  /// a page only the requested size counts. Costs nothing until it is reached.
  void set_thread_frame_budget(std::size_t bytes) noexcept;  ///< BudgetExceededPolicy::Fail
  void set_thread_frame_budget(std::size_t bytes, BudgetExceededPolicy policy) noexcept;
  void set_thread_pool_budget(std::size_t bytes) noexcept;  ///< BudgetExceededPolicy::Fail
  /// Effect: limits what the thread may hold of the pool.
  void set_thread_pool_budget(std::size_t bytes, BudgetExceededPolicy policy) noexcept;
  /// The same for both, with the warning threshold.
  void set_thread_budget(const ThreadBudgetConfig& wanted) noexcept;
  /// Result: how much of its budgets the thread uses.
  [[nodiscard]] ThreadBudgetStats thread_budget_stats() const noexcept;
  /// Effect: calls `handler` for every request that exceeds a thread's budget, on that thread; with
  /// BudgetExceededPolicy::Custom the handler decides. One handler for all threads; null = none.
  void on_budget_exceeded(ThreadBudgetHandler handler, void* context) noexcept;
  /// The same with any callable that takes a ThreadBudgetEvent and returns a BudgetDecision, or
  /// nothing, which denies. Kept until the allocator ends. Result: false when there is no memory
  /// for it.
  template <class F>
    requires std::invocable<std::decay_t<F>&, const ThreadBudgetEvent&>
  bool on_budget_exceeded(FRAMEALLOC_RETAINS F&& function) {
    using Kept = std::decay_t<F>;
    Kept* const kept = detail::keep_object<Kept>(instance_, std::forward<F>(function));
    if (kept == nullptr) return false;
    on_budget_exceeded(&detail::BudgetCall<Kept>::call, kept);
    return true;
  }

  // --- Truth ------------------------------------------------------------------------------------
  /// Result: current usage, and totals since the allocator was made.
  [[nodiscard]] AllocStats stats() const noexcept;
  /// Result: figures of the open frame, or of the last one.
  [[nodiscard]] FrameStats frame_stats() const noexcept;
  /// `tag` is a path. A name without "::" that is not a path means every tag of that name.
  [[nodiscard]] TagStats tag_stats(std::string_view tag) const;
  [[nodiscard]] std::vector<TagStats> all_tag_stats() const;  ///< "" (untagged) first
  /// Effect: calls visit(const TagFigures&) for every tag, parents before children, with bytes of
  /// the host only, see visit_devices(); visit(const ThreadFigures&) for every thread that uses the
  /// allocator, newest first; visit(const BudgetFigures&) for the global budget and for each tag
  /// that has a limit or a charge, none without budgets. They allocate nothing, stop no
  /// thread, and take time linear in the number of cells (a tag of a thread) that hold something.
  /// Thread contract: any thread; no lock is held during a call.
  template <class F>
  void visit_tags(F&& visit) const {
    show_tags(detail::visitor_of<TagFigures>(visit));
  }
  /// Effect: shows each thread's figures; allocates nothing.
  template <class F>
  void visit_threads(F&& visit) const {
    show_threads(detail::visitor_of<ThreadFigures>(visit));
  }
  /// Effect: shows each budget's figures; allocates nothing.
  template <class F>
  void visit_budgets(F&& visit) const {
    show_budgets(detail::visitor_of<BudgetFigures>(visit));
  }
  /// visit(const PoolClassFigures&) for every size class of the pool that has or had pages, the
  /// smallest first. It allocates nothing; `visit` must not throw. Thread contract: any thread.
  template <class F>
    requires std::invocable<F&, const PoolClassFigures&>
  void visit_pools(F&& visit) const {
    show_pools(detail::visitor_of<PoolClassFigures>(visit));
  }
  /// Effect: for each device that a module has registered (add_device()), calls
  /// visit(const DeviceFigures&), then visit(const DeviceHeapFigures&) for each of its heaps by
  /// index, then visit(const DeviceTagFigures&) for each tag that holds something there; those that
  /// `visit` cannot be called with are left out. It allocates nothing. `visit` must not throw.
  /// Thread contract: any thread; no lock is held during a call.
  template <class F>
  void visit_devices(F&& visit) const {
    show_devices(DeviceFigureVisitor(visit));
  }
  /// Result: the latest figures of each phase.
  [[nodiscard]] std::vector<PhaseStats> phase_stats() const;
  /// Effect: while on, counts frame calls (FrameStats::allocation_count). Each call then takes the
  /// slow path, so switch it on only for frames you inspect. Any thread, between frames or inside
  /// one; calls in a frame that another thread is just beginning may be missed.
  void count_frame_allocations(bool on) noexcept;
  /// Effect: in a guard mode, checks the zones around pool and heap blocks and the freed blocks in
  /// quarantine, and reports what was overwritten (FA008, FA030). Result: number of damaged
  /// blocks. Requirement: no other thread writes to its blocks during the call.
  std::size_t check_guards() noexcept;
  /// Result: the configuration in effect, which may fall short of the requested one; the defaults
  /// if the allocator could not be made.
  [[nodiscard]] const AllocConfig& config() const noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Result: the guard mode in effect; FRAMEALLOC_GUARD may have overridden the configuration.
  [[nodiscard]] GuardMode guard_mode() const noexcept;
  /// Result: null unless AllocConfig::enable_budgets.
  [[nodiscard]] BudgetManager* budgets() const noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Result: everything in use now, by call site from check level 1 on, else by tag.
  [[nodiscard]] LeakReport leak_report() const;
  /// Result: everything held now, for tools; SnapshotEmitter writes it to a file.
  [[nodiscard]] Snapshot snapshot() const;
  /// Effect: returns memory that is not needed to the source, including unused growth of scratch
  /// pools. Other threads are asked to do the same, and return theirs at their next pool or frame
  /// allocation or frame boundary. Result: bytes returned by this call.
  std::size_t trim() noexcept;
  /// Effect: sends reports to the handler instead of stderr. Requirement: called before other
  /// threads use the allocator.
  void set_report_handler(ReportHandler handler, void* context = nullptr) noexcept;

  // --- Events and memory pressure ---------------------------------------------------------------
  /// Effect: from now on sends events to subscribers, keeps the latest `history_frames` frames, and
  /// starts the figures of threads over. Disables the fast frame boundary; each frame end sums all
  /// counters, which takes microseconds. Costs nothing while off. Enabling it again starts over.
  /// Result: false when there is no memory for the history (FA012); tracking then stays off. Thread
  /// contract: the thread that drives frames.
  bool enable_lifecycle_tracking(std::size_t history_frames = 300) noexcept;
  /// Effect: stops sending events. Subscriptions remain, and the history stays readable. Listener
  /// calls in progress on other threads run to completion. The driving thread.
  void disable_lifecycle_tracking() noexcept;
  /// Result: whether events are sent.
  [[nodiscard]] bool is_lifecycle_tracking_enabled() const noexcept;

  /// Effect: while tracking is enabled, calls `listener(event, context)` for the kinds in `mask` on
  /// the thread where they happen, with no lock held: the listener may call this allocator,
  /// subscribe, and end subscriptions. Events that listeners cause on their own thread are not
  /// sent. A listener for Alloc sends every frame call through the slow path. Pool calls are sent
  /// one by one if AllocConfig::checked is set; otherwise those on the fast path are not, see
  /// SlabRefill, CrossThreadFreeQueued and thread_frame_stats(). Result: an empty subscription when
  /// there are 64 listeners already (FA011). Thread contract: any thread.
  [[nodiscard]] Subscription on_frame_event(FrameEventListener listener, void* context,
                                            FrameEventMask mask = kRareFrameEvents) noexcept;
  /// The same with any callable that takes a FrameEvent. It lives in the allocator's memory until
  /// its subscription has ended and no thread is running it.
  template <class F>
    requires std::invocable<std::decay_t<F>&, const FrameEvent&>
  [[nodiscard]] Subscription on_frame_event(FRAMEALLOC_RETAINS F&& function,
                                            FrameEventMask mask = kRareFrameEvents) {
    using Listener = detail::OwnedCallable<std::decay_t<F>>;
    if (instance_ == nullptr) return {};
    Listener* const kept =
        detail::metadata_of(*instance_).template create<Listener>(std::forward<F>(function));
    return subscribe_owned(&Listener::call, kept, mask);
  }

  /// Result: zeros if the thread has never used the allocator, which is reported (FA211). Any
  /// thread.
  [[nodiscard]] ThreadFrameStats thread_frame_stats(ThreadId thread) const;
  /// Result: by thread id.
  [[nodiscard]] std::vector<ThreadFrameStats> all_thread_frame_stats() const;
  /// Effect: names the calling thread in its figures (31 characters at most).
  void set_thread_name(std::string_view name) noexcept;

  /// Result: a summary of the frames since tracking was enabled.
  [[nodiscard]] LifecycleSummary lifecycle_summary() const;
  /// Result: the latest frames, oldest first; none before tracking was first enabled.
  [[nodiscard]] std::vector<FrameRecord> frame_history() const;
  /// Result: the history as at most `max_points` points.
  [[nodiscard]] MemoryGraphData memory_graph(std::size_t max_points) const;

  /// Effect: calls `handler` when reserved memory passes AllocConfig::pressure_threshold (once,
  /// until it has fallen below), before a request for frame, pool or heap memory is denied for lack
  /// of memory, and from notify_memory_pressure(). It runs with no lock held, on the thread that
  /// detected it; it may free, evict and trim, and the request is then retried. One handler; null =
  /// none.
  void on_memory_pressure(PressureHandler handler, void* context) noexcept;
  /// The same with any callable that takes a PressureEvent. Kept until the allocator ends. Result:
  /// false when there is no memory for it.
  template <class F>
    requires std::invocable<std::decay_t<F>&, const PressureEvent&>
  bool on_memory_pressure(FRAMEALLOC_RETAINS F&& function) {
    using Kept = std::decay_t<F>;
    Kept* const kept = detail::keep_object<Kept>(instance_, std::forward<F>(function));
    if (kept == nullptr) return false;
    on_memory_pressure(
        [](const PressureEvent& event, void* self) { (*static_cast<Kept*>(self))(event); }, kept);
    return true;
  }
  /// Effect: passes pressure that you have detected on to the handler: a system notification, a
  /// console's callback, system_memory_pressure(). Not to be called from POSIX signal handlers.
  void notify_memory_pressure(PressureLevel level) noexcept;

  // --- Behavior ---------------------------------------------------------------------------------
  /// Effect: from now on reads all counters after each shared frame and reports what breaks a rule
  /// (FA501 to FA530), once until it has gone and come back. Disables the fast frame boundary;
  /// allocating and freeing are unaffected. Costs nothing while off. Enabling it again after
  /// disable_behavior_filter() starts over. Result: false when there is no memory for it (FA012).
  /// Thread contract: the thread that drives frames.
  bool enable_behavior_filter() noexcept;
  /// Effect: stops reading counters; the findings stay readable. The driving thread.
  void disable_behavior_filter() noexcept;
  /// Result: whether the behavior filter is on.
  [[nodiscard]] bool is_behavior_filter_enabled() const noexcept;
  /// Effect: sets the thresholds above which the filter reports an issue. Any thread.
  void set_behavior_thresholds(const BehaviorThresholds& thresholds) noexcept;
  /// Result: the thresholds above which the filter reports an issue.
  [[nodiscard]] BehaviorThresholds behavior_thresholds() const noexcept;
  /// Result: the current issues, and the figures of every tag. Any thread.
  [[nodiscard]] BehaviorReport behavior_report() const;
  /// Effect: starts over, whether on or off. The driving thread.
  void reset_behavior_stats() noexcept;

  // --- Reports ----------------------------------------------------------------------------------
  /// Effect: sends every report to `sink` as well as to the handler or stderr; at most 8 sinks at a
  /// time. The sink must live until it is removed or the allocator has ended. Result: false when
  /// all places are taken. Thread contract of all these members: any thread, at any time, unless
  /// stated otherwise.
  bool add_sink(DiagnosticSink& sink) const noexcept;
  /// Effect: removes `sink`; no other thread is running it when this returns. Result: false if it
  /// was not registered.
  bool remove_sink(DiagnosticSink& sink) const noexcept;
  /// The same with a callable, kept until the allocator ends. One that takes a const Report& gets
  /// every report; one that takes (Severity, std::string_view) is a log and gets the text, within
  /// set_report_limit(). Must not throw. Result: false when all places are taken or there is no
  /// memory for it.
  template <class F>
    requires std::invocable<std::decay_t<F>&, const Report&>
  bool add_sink(FRAMEALLOC_RETAINS F&& function) const {
    return detail::keep_sink<CallbackSink<std::decay_t<F>>>(instance_, std::forward<F>(function));
  }
  template <class F>
    requires std::invocable<std::decay_t<F>&, Severity, std::string_view>
  bool add_sink(FRAMEALLOC_RETAINS F&& function) const {
    return detail::keep_sink<LogSink<std::decay_t<F>>>(instance_, std::forward<F>(function));
  }
  /// Effect: sets whether reports are printed to stderr. They are, unless AllocConfig::on_report or
  /// set_report_handler() set a handler, which this replaces. Requirement: as
  /// set_report_handler().
  void print_reports(bool on) const noexcept;
  /// Effect: prints and logs the first `most` reports of a code and call site (or tag, if the site
  /// is unknown) in full, then only sums at frame ends; 0 = all in full. Sinks that take a Report
  /// always get every one. Default: 10.
  void set_report_limit(std::uint32_t most) const noexcept;
  /// Result: how often the code was reported, suppressed or not.
  [[nodiscard]] std::uint64_t report_count(Code code) const noexcept;

  /// Effect: prints reports that are at least as severe as `mode` says, and ends the program. The
  /// initial mode is AllocConfig::strict, or FRAMEALLOC_STRICT when the allocator was made. See
  /// StrictModeGuard for a scoped version.
  void set_strict_mode(StrictMode mode) const noexcept;
  /// Result: which reports end the program.
  [[nodiscard]] StrictMode strict_mode() const noexcept;
  /// Effect: calls `handler` instead of std::abort(); it may return. Null restores abort().
  /// Requirement: called before other threads use the allocator.
  void set_strict_handler(StrictHandler handler, void* context = nullptr) const noexcept;

  /// Effect: drops reports of the code until unsuppress() has been called as often; they are still
  /// counted. See SuppressionGuard for a scoped version.
  void suppress(Code code) const noexcept;
  /// Effect: undoes one suppress().
  void unsuppress(Code code) const noexcept;
  /// The same for every code.
  void suppress_diagnostics(bool on) const noexcept;

  // --- For modules and tools that stand on an allocator -----------------------------------------
  // Programs rarely need these. Thread contract of all: any thread, unless stated otherwise.

  /// Effect: sends `report` where the allocator's own reports go: to the handler or stderr and
  /// every sink, unless suppressed; it is counted, and the strict mode applies. Fills in `thread`
  /// and `frame` where they are 0. Its views need to live only for the call. Does nothing if the
  /// allocator could not be made. Requirement: the caller holds no lock that a handler may take.
  void report(const Report& report) const noexcept;

  /// Result: whether such an event would be delivered: lifecycle tracking is on, and a listener is
  /// subscribed to the kind. Costs one load: check it before you build an event.
  [[nodiscard]] bool emits(FrameEventKind kind) const noexcept;
  /// Effect: sends the event to the listeners of its kind. Fills in thread, time and the path of
  /// `tag`, and the frame number where it is 0. Its views need to live only for the call.
  /// Requirement: the caller holds no lock that a listener may take.
  void emit(const FrameEvent& event, Tag tag = Tag::Untagged) const noexcept;

  /// Effect: finds the tag of a full path from the root ("game::physics"), and makes the levels
  /// that are missing; empty levels are left out. Result: the tag, valid as long as the allocator;
  /// "" is Untagged. If the table is full (1024 tags, 32 KiB of names), the deepest level that
  /// exists.
  [[nodiscard]] Tag tag(std::string_view path) const noexcept;
  /// Result: the tag of that path; empty if there is none. Makes no tag.
  [[nodiscard]] std::optional<Tag> find_tag(std::string_view path) const noexcept;
  /// Result: the tag of the calling thread.
  [[nodiscard]] Tag current_tag_id() const noexcept;
  /// Result: its parent; Untagged for Untagged, and for a tag that is not of this allocator.
  [[nodiscard]] Tag tag_parent(Tag tag) const noexcept;
  /// Result: its last component, "" for Untagged; lives as long as the allocator.
  [[nodiscard]] std::string_view tag_name(Tag tag) const noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Result: "game::physics", cut where it is longer than 255 characters; "" for Untagged.
  [[nodiscard]] TagPath path_of(Tag tag) const noexcept;
  /// Result: number of tags, including Untagged. They are numbered from 0, parents before their
  /// children, and are never removed.
  [[nodiscard]] std::size_t tag_count() const noexcept;

  /// Effect: includes `source` in visit_devices(), snapshots and the exporters; at most 8 at a
  /// time. It must live until it is removed or the allocator has ended. Result: false when all
  /// places are taken, or it is registered already.
  bool add_device(DeviceFigureSource& source) const noexcept;
  /// Effect: removes `source`; no other thread is running it when this returns. Inside
  /// visit_devices() of the same allocator the call does not wait. Result: false if it was not
  /// registered.
  bool remove_device(DeviceFigureSource& source) const noexcept;

  /// Effect: a heap block of any size, uninitialized; 0 bytes count as 1. Counted under the
  /// thread's tag, or under `tag` for this call only. Result: null when denied, which is reported;
  /// an alignment that is not a power of two is reported as FA011.
  [[nodiscard]] void* heap_alloc_bytes(std::size_t bytes, std::size_t alignment = kGranule,
                                       CallSite site = CallSite::current()) noexcept;
  [[nodiscard]] void* heap_alloc_bytes(Tag tag, std::size_t bytes, std::size_t alignment = kGranule,
                                       const CallSite& site = CallSite::current()) noexcept;
  /// The same under `tag`. Result: the block and how it was accounted for, which saves a heap_block()
  /// afterwards; a null block when denied.
  [[nodiscard]] NewHeapBlock heap_hand_out(Tag tag, std::size_t bytes,
                                           std::size_t alignment = kGranule,
                                           const CallSite& site = CallSite::current()) noexcept;
  /// Effect: frees any heap block of this allocator, whatever its type, size and alignment, on any
  /// thread. As heap_free().
  void heap_free_bytes(void* block, CallSite site = CallSite::current()) noexcept;
  /// Effect: resizes the block to `bytes` in place, if there is room after it and the budget
  /// allows. Accounted as a new block of that size: rounded up to 16, small blocks to their class,
  /// which they keep. Shrinking always succeeds. Result: false if the block is unchanged, which is
  /// not reported. Requirement: a heap block of this allocator that no other thread frees or
  /// resizes.
  [[nodiscard]] bool heap_try_resize(void* block, std::size_t bytes) noexcept;
  /// Effect: as realloc(): in place if heap_try_resize() can; else copies what fits to a new block
  /// under the tag of the old one, and frees the old one. A null `block` allocates a new block
  /// under the thread's tag. 0 bytes do not free the block. Result: null when denied, which is
  /// reported; the old block then stays. Failure: FA006 for an address that is not of this
  /// allocator. Requirement: as heap_try_resize(); `alignment` as heap_alloc_bytes().
  [[nodiscard]] void* heap_realloc_bytes(void* block, std::size_t bytes,
                                         std::size_t alignment = kGranule,
                                         CallSite site = CallSite::current()) noexcept;
  /// Result: usable bytes of a pool or heap block, at least as many as requested; 0 for an address
  /// that is not of this allocator. Requirement: a block of this allocator is in use.
  [[nodiscard]] std::size_t heap_usable_size(const void* block) const noexcept;
  /// Result: how the allocator accounts for a pool or heap block; `bytes` is 0 for an address that
  /// is not of this allocator, where nothing is read. Requirement: as heap_usable_size().
  [[nodiscard]] HeapBlock heap_block(const void* block) const noexcept;
  /// Effect: as heap_free_bytes(), but ignores an address that is not of this allocator, without a
  /// report. Result: how the block was accounted for, which saves a heap_block() before.
  HeapBlock heap_give_back(void* block, const CallSite& site = CallSite::current()) noexcept;
  /// Result: whether the address lies in memory that the allocator uses for pool and heap blocks.
  /// For a block larger than half a chunk, only its first byte counts. Reads nothing at the
  /// address.
  [[nodiscard]] bool owns(const void* address) const noexcept;

  /// Effect: a pool block for memory whose type is not known here; as heap_alloc_bytes().
  [[nodiscard]] void* pool_alloc_bytes(std::size_t bytes, std::size_t alignment = kGranule,
                                       CallSite site = CallSite::current()) noexcept;
  /// Requirement: null, or a block of pool_alloc_bytes() for the same bytes and alignment.
  void pool_free_bytes(void* block, std::size_t bytes, std::size_t alignment = kGranule,
                       CallSite site = CallSite::current()) noexcept;

  /// Effect: memory for a module's own records, counted as AllocStats::metadata_bytes; tag budgets
  /// do not limit it, and leak reports do not show it. Result: aligned to 128, uninitialized; null
  /// when denied, which the caller should report (FA012).
  [[nodiscard]] void* bookkeeping_alloc(std::size_t bytes) const noexcept;
  /// Requirement: null, or a result of bookkeeping_alloc() for the same number of bytes.
  void bookkeeping_free(void* block, std::size_t bytes) const noexcept;

 private:
  friend struct detail::HandleAccess;
  friend class PoolRef;
  SmartAlloc(detail::Instance* instance, std::nullptr_t) noexcept {
    if (instance != nullptr) adopt(instance);
  }
  void adopt(detail::Instance* instance) noexcept;
  void share() const noexcept;  // another handle of the same allocator
  void let_go() noexcept;
  void* heap_bytes(std::size_t bytes, std::size_t alignment, const CallSite& site) noexcept;
  template <class Box, class... A>
  [[nodiscard]] Box make_box(const CallSite& site, A&&... arguments) {
    return instance_ == nullptr ? Box()
                                : Box::make_at(*instance_, site, std::forward<A>(arguments)...);
  }
  // For the library's own parts, which use the same instance; null when it could not be made.
  [[nodiscard]] detail::Instance* instance() const noexcept { return instance_; }
  template <class T, class... A>
  [[nodiscard]] FrameRetained<T> retain(const CallSite& site, const RetentionPolicy& policy,
                                        A&&... arguments) {
    if (instance_ == nullptr) return {};
    return FrameRetained<T>::make_at(*instance_, frame_arena(), site, policy,
                                     std::forward<A>(arguments)...);
  }
  template <class T, class... A>
  [[nodiscard]] TransferHandle<T> make_transfer(const CallSite& site, A&&... arguments) {
    if (instance_ == nullptr) return {};
    return TransferHandle<T>(*instance_,
                             PoolBox<T>::make_at(*instance_, site, std::forward<A>(arguments)...));
  }
  // Destroys `owned` when all places are taken; it is null if there was no memory for it.
  [[nodiscard]] Subscription subscribe_owned(FrameEventListener listener,
                                             detail::OwnedListener* owned,
                                             FrameEventMask mask) noexcept;
  void show_tags(detail::FigureVisitor<TagFigures> visit) const;
  void show_threads(detail::FigureVisitor<ThreadFigures> visit) const;
  void show_budgets(detail::FigureVisitor<BudgetFigures> visit) const;
  void show_pools(detail::FigureVisitor<PoolClassFigures> visit) const;
  void show_devices(const DeviceFigureVisitor& visit) const;
  // The parts of a call site by value: an object would be built on the stack before the hot path.
  [[nodiscard]] FRAMEALLOC_COLD void* frame_slow(std::size_t size, std::size_t alignment,
                                                 const char* file, const char* function,
                                                 std::uint32_t line) noexcept;
  [[nodiscard]] FRAMEALLOC_COLD void* frame_slow_masked(std::size_t size, std::uintptr_t mask,
                                                        const char* file, const char* function,
                                                        std::uint32_t line) noexcept;
  FRAMEALLOC_COLD void* refuse_alignment(std::size_t size, std::size_t alignment, const char* file,
                                         const char* function, std::uint32_t line) noexcept;
  [[nodiscard]] FRAMEALLOC_COLD void* pool_slow(std::size_t size, std::size_t alignment,
                                                const char* file, const char* function,
                                                std::uint32_t line,
                                                const std::string_view* type) noexcept;
  [[nodiscard]] FRAMEALLOC_COLD HandleAllocator& first_handles() const noexcept;
  FRAMEALLOC_COLD void pool_free_slow(void* block, std::size_t size, std::size_t alignment,
                                      const char* file, const char* function,
                                      std::uint32_t line) noexcept;

  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE detail::TlsSlot& slot() const noexcept {
    return *static_cast<detail::TlsSlot*>(
        static_cast<void*>(reinterpret_cast<std::byte*>(detail::tls_table().slots) + tls_offset_));
  }
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE FrameArena& scope_arena() noexcept {
    FrameArena* const arena = slot().arena;
    return arena->scopes_are_quick() ? *arena : frame_arena();
  }
  template <std::size_t Alignment>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* bump(std::size_t rounded,
                                                    const CallSite& site) noexcept {
    return slot().arena->template bump_or<Alignment>(
        rounded, [this, rounded, &site]() FRAMEALLOC_INLINE_LAMBDA {
          return frame_slow(rounded, Alignment, site.file, site.function, site.line);
        });
  }

  detail::Instance* instance_ = nullptr;
  std::size_t tls_offset_ = detail::kSharedTlsSlot * sizeof(detail::TlsSlot);
  std::uintptr_t page_mask_ = 0;
};

}  // namespace framealloc

#include <framealloc/detail/facade/smart_alloc_inline.hpp>
