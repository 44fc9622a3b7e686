// SPDX-License-Identifier: MIT OR Apache-2.0
// The allocator that a program holds.
#pragma once

#include <framealloc/build_config.hpp>
#include <framealloc/config.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/detail/pool/slab.hpp>
#include <framealloc/detail/thread/entry.hpp>
#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/detail/thread/tls.hpp>
#include <framealloc/frame_arena.hpp>
#include <framealloc/frame_box.hpp>
#include <framealloc/frame_burst.hpp>
#include <framealloc/frame_map.hpp>
#include <framealloc/frame_new.hpp>
#include <framealloc/frame_slice.hpp>
#include <framealloc/frame_string.hpp>
#include <framealloc/frame_vec.hpp>
#include <framealloc/heap_box.hpp>
#include <framealloc/leak_report.hpp>
#include <framealloc/pool_arc.hpp>
#include <framealloc/pool_box.hpp>
#include <framealloc/scopes.hpp>
#include <framealloc/smart_alloc_behavior.hpp>
#include <framealloc/smart_alloc_events.hpp>
#include <framealloc/smart_alloc_making.hpp>
#include <framealloc/smart_alloc_retention.hpp>
#include <framealloc/smart_alloc_shared.hpp>
#include <framealloc/smart_alloc_threads.hpp>
#include <framealloc/smart_alloc_truth.hpp>
#include <framealloc/snapshot.hpp>
#include <framealloc/std_allocators.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace framealloc {

// What speculative() made of its function.
template <class T>
struct Speculation {
  std::optional<T> value;  // set when the frame memory was kept
  [[nodiscard]] bool kept() const noexcept { return value.has_value(); }
  [[nodiscard]] explicit operator bool() const noexcept { return kept(); }
};

// Handle to an allocator; copies share it, and it ends with the last one. All members may be called
// on any thread. State what the memory is for, and the rest follows: frame memory is freed at the
// end of the frame, pool and heap memory when you free it.
//
// Errors: a function that hands out memory returns null (or an empty box, slice, container) when it
// cannot, and reports why to AllocConfig::on_report (stderr by default). Nothing throws, except the
// standard-library adaptors, which throw std::bad_alloc as the standard asks. An allocator that
// could not be made (impossible configuration, dry source) is valid to use and answers null to
// everything; see operator bool and create().
class SmartAlloc : public detail::MakingMembers<SmartAlloc>,
                   public detail::ThreadMembers<SmartAlloc>,
                   public detail::SharedMembers<SmartAlloc>,
                   public detail::RetentionMembers<SmartAlloc>,
                   public detail::EventMembers<SmartAlloc>,
                   public detail::BehaviorMembers<SmartAlloc>,
                   public detail::TruthMembers<SmartAlloc> {
 public:
  // Effect: makes an allocator. The second argument is never passed: it compares the switches that
  // your code and the library were compiled with, and aborts naming the one that differs.
  explicit SmartAlloc(const AllocConfig& config = {}, BuildConfig build = header_build_config());
  [[nodiscard]] static SmartAlloc with_defaults() { return SmartAlloc(); }
  // The same with the error in hand instead of a report.
  [[nodiscard]] static Result<SmartAlloc> create(const AllocConfig& config,
                                                 BuildConfig build = header_build_config());
  SmartAlloc(const SmartAlloc& other) noexcept
      : instance_(other.instance_), tls_offset_(other.tls_offset_), page_mask_(other.page_mask_) {
    if (instance_ != nullptr) instance_->retain();
  }
  SmartAlloc(SmartAlloc&& other) noexcept { swap(other); }
  SmartAlloc& operator=(SmartAlloc other) noexcept {
    swap(other);
    return *this;
  }
  ~SmartAlloc() { let_go(); }
  void swap(SmartAlloc& other) noexcept {
    std::swap(instance_, other.instance_);
    std::swap(tls_offset_, other.tls_offset_);
    std::swap(page_mask_, other.page_mask_);
  }
  // Result: whether the allocator could be made.
  [[nodiscard]] explicit operator bool() const noexcept { return instance_ != nullptr; }
  // Two handles are equal when they share one allocator.
  friend bool operator==(const SmartAlloc& a, const SmartAlloc& b) noexcept {
    return a.instance_ == b.instance_;
  }

  // --- Frames ------------------------------------------------------------------------------------
  // Effect: opens the frame of all threads. A second begin inside a frame is reported (FA004) and
  // changes nothing. Thread contract: the thread that drives frames, one at a time.
  void begin_frame() noexcept {
    if (instance_ != nullptr) instance_->begin_frame(slot().state);
  }
  // Effect: ends the frame of all threads. Destructors owed run here, newest first. Without an open
  // frame it is reported (FA004) and changes nothing.
  void end_frame() noexcept {
    if (instance_ != nullptr) instance_->end_frame(slot().state);
  }
  // Result: number of the frame that is open or ended last; 0 before the first.
  [[nodiscard]] std::uint64_t frame_number() const noexcept {
    return instance_ == nullptr ? 0 : instance_->frame_number();
  }
  // Result: whether this thread may allocate frame memory now.
  [[nodiscard]] bool in_frame() const noexcept;
  [[nodiscard]] ScopedFrame scoped_frame() noexcept { return ScopedFrame(instance_); }
  [[nodiscard]] FrameScope frame_scope() noexcept { return FrameScope(scope_arena()); }
  // A cadence of this thread's own (audio, streaming, rendering): it leaves the shared frame until
  // its frame ends. Unbalanced calls are reported (FA004).
  void begin_thread_frame() noexcept {
    if (instance_ != nullptr) instance_->begin_thread_frame();
  }
  void end_thread_frame() noexcept {
    if (instance_ != nullptr) instance_->end_thread_frame();
  }
  // Result: this thread's arena. Keep the reference for a loop: a call through it is the shortest.
  // Valid on this thread while the allocator lives, until the thread begins or ends its own frame.
  [[nodiscard]] FrameArena& frame_arena() noexcept FRAMEALLOC_LIFETIMEBOUND {
    return instance_ == nullptr ? detail::empty_arena : detail::frame_arena(*instance_);
  }

  // --- Frame memory: null when denied, uninitialised unless said, valid until the frame ends
  // ---------
  // `site` is for reports and guard modes; only the slow path ever looks at it.
  template <class T>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* frame_alloc(
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return static_cast<T*>(bump<alignof(T)>(align_up(sizeof(T), kGranule), site));
  }
  template <class T>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* try_frame_alloc(
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return frame_alloc<T>(site);
  }
  // Effect: `count` T in a row with one bump. A count whose size overflows is reported (FA011).
  template <class T>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* frame_alloc_batch(
      std::size_t count, CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return static_cast<T*>(
        bump<alignof(T)>(align_up(saturating_bytes(count, sizeof(T)), kGranule), site));
  }
  template <class T>
  [[nodiscard]] std::array<T, 2>* frame_alloc_2(CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return frame_alloc<std::array<T, 2>>(site);
  }
  template <class T>
  [[nodiscard]] std::array<T, 4>* frame_alloc_4(CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return frame_alloc<std::array<T, 4>>(site);
  }
  template <class T>
  [[nodiscard]] std::array<T, 8>* frame_alloc_8(CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return frame_alloc<std::array<T, 8>>(site);
  }
  // Requirement: `alignment` a power of two; another is reported (FA011). Zero bytes are a valid
  // request: the result is aligned, not null, and not to be dereferenced.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* frame_alloc_layout(
      std::size_t size, std::size_t alignment,
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND;
  // Effect: `count` value-initialised T.
  template <class T>
  [[nodiscard]] FrameSlice<T> frame_slice(std::size_t count, CallSite site = CallSite::current())
      FRAMEALLOC_LIFETIMEBOUND {
    return FrameSlice<T>::make(frame_arena(), count, site);
  }
  template <class T>
  [[nodiscard]] FrameVec<T> frame_vec(std::size_t capacity = 0,
                                      CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return FrameVec<T>(frame_arena(), capacity, site);
  }
  template <class K, class V>
  [[nodiscard]] FrameMap<K, V> frame_map(std::size_t capacity = 0,
                                         CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return FrameMap<K, V>(frame_arena(), capacity, {}, {}, site);
  }
  [[nodiscard]] FrameString frame_string(std::size_t capacity = 0,
                                         CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return FrameString(frame_arena(), capacity, site);
  }
  // Effect: a burst of allocations of this thread; see FrameBurst. `bytes` is the size of its
  // windows.
  [[nodiscard]] FrameBurst frame_burst(std::size_t bytes = std::size_t{64} << 10,
                                       Prefetch prefetch = Prefetch::None) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return frame_arena().burst(bytes, prefetch);
  }
  // Result: bytes until the tightest budget, limit or policy denies; SIZE_MAX when nothing does.
  [[nodiscard]] std::size_t frame_remaining() const noexcept {
    return instance_ == nullptr ? 0 : instance_->frame_remaining();
  }

  // --- Pool and heap: yours until you free it, on any thread -------------------------------------
  template <class T>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* pool_alloc(
      CallSite site = CallSite::current()) noexcept;
  // Requirement: `block` is null or from pool_alloc of the same type on this allocator. From check
  // level 1 (or AllocConfig::checked) a foreign pointer (FA006) or a second free (FA005) is
  // reported and changes nothing. Runs no destructor.
  template <class T>
  FRAMEALLOC_ALWAYS_INLINE void pool_free(T* block, CallSite site = CallSite::current()) noexcept;
  // Effect: `count` uninitialised T, of any size. Counts of 0 get a block of their own too.
  template <class T>
  [[nodiscard]] T* heap_alloc(std::size_t count = 1, CallSite site = CallSite::current()) noexcept {
    return static_cast<T*>(
        heap_bytes(saturating_bytes(count, sizeof(T)), alignof(T), site.template of_type<T>()));
  }
  template <class T>
  void heap_free(T* block, CallSite site = CallSite::current()) noexcept {
    if (instance_ != nullptr)
      detail::heap_free(*instance_, const_cast<std::remove_cv_t<T>*>(block), site);
  }
  // std::vectors whose memory is the pool's, the heap's; they throw std::bad_alloc when denied.
  template <class T>
  [[nodiscard]] auto pool_vec() {
    return std::vector<T, PoolAllocator<T>>(PoolAllocator<T>(instance_));
  }
  template <class T>
  [[nodiscard]] auto heap_vec() {
    return std::vector<T, HeapAllocator<T>>(HeapAllocator<T>(instance_));
  }
  // Result: resources for std::pmr containers, valid while the allocator lives. The frame resource
  // serves whichever thread calls it from that thread's arena.
  [[nodiscard]] std::pmr::memory_resource* frame_resource() noexcept FRAMEALLOC_LIFETIMEBOUND;
  [[nodiscard]] std::pmr::memory_resource* pool_resource() noexcept FRAMEALLOC_LIFETIMEBOUND;
  [[nodiscard]] std::pmr::memory_resource* heap_resource() noexcept FRAMEALLOC_LIFETIMEBOUND;

  // --- Tags, phases, checkpoints -----------------------------------------------------------------
  // Effect: runs `function` (taking this allocator or nothing) with this thread's allocations
  // attributed to `tag`, below the current one. Result: the function's.
  template <class F>
  decltype(auto) with_tag(std::string_view tag, F&& function) {
    const TagScope scope(instance_, tag);
    if constexpr (std::invocable<F, SmartAlloc&>) {
      return std::forward<F>(function)(*this);
    } else {
      return std::forward<F>(function)();
    }
  }
  [[nodiscard]] TagScope tag_scope(std::string_view tag) noexcept {
    return TagScope(instance_, tag);
  }
  // Result: last component of this thread's tag; "" when untagged.
  [[nodiscard]] std::string_view current_tag() const noexcept;
  [[nodiscard]] std::string tag_path() const;  // "game::physics"
  void begin_phase(std::string_view name) noexcept;
  // Result: the innermost phase of this thread, now ended; empty (and FA004) when none is open.
  std::optional<Phase> end_phase();
  [[nodiscard]] PhaseScope phase_scope(std::string_view name) noexcept {
    return PhaseScope(instance_, name);
  }
  [[nodiscard]] std::string_view current_phase() const noexcept;
  [[nodiscard]] FrameCheckpoint frame_checkpoint() noexcept { return frame_arena().checkpoint(); }
  bool rollback_to(FrameCheckpoint checkpoint) noexcept { return frame_arena().rewind(checkpoint); }
  [[nodiscard]] CheckpointGuard checkpoint_guard() noexcept { return CheckpointGuard(instance_); }
  // Effect: runs `function` (taking this allocator or nothing); what it allocates in the frame is
  // kept if the result says so (true, an engaged optional, a Result with a value, a non-null
  // pointer), and rolled back otherwise. Result: the value when kept. A void function keeps.
  template <class F>
  auto speculative(F&& function);

  // --- Truth -------------------------------------------------------------------------------------
  [[nodiscard]] AllocStats stats() const noexcept {
    return instance_ == nullptr ? AllocStats{} : instance_->stats();
  }
  [[nodiscard]] FrameStats frame_stats() const noexcept {
    return instance_ == nullptr ? FrameStats{} : instance_->frame_stats();
  }
  // `tag` is a path; a name without "::" that is no path means every tag so named.
  [[nodiscard]] TagStats tag_stats(std::string_view tag) const {
    return instance_ == nullptr ? TagStats{} : instance_->tag_stats(tag);
  }
  [[nodiscard]] std::vector<TagStats> all_tag_stats() const;  // "" (untagged) first
  // Effect: calls visit(const TagFigures&) for every tag, parents before children; visit(const
  // ThreadFigures&) for every thread that uses the allocator, the newest first; visit(const
  // BudgetFigures&) for the budget of the whole and of each tag that has a limit or a charge, none
  // without budgets. They allocate nothing, stop nobody and take as long as there are cells (a tag
  // of a thread) that hold something. Thread contract: any thread; no lock is held during a call.
  template <class F>
  void visit_tags(F&& visit) const {
    if (instance_ != nullptr) instance_->visit_tags(detail::visitor_of<TagFigures>(visit));
  }
  template <class F>
  void visit_threads(F&& visit) const {
    if (instance_ != nullptr) instance_->visit_threads(detail::visitor_of<ThreadFigures>(visit));
  }
  template <class F>
  void visit_budgets(F&& visit) const {
    if (instance_ != nullptr) instance_->visit_budgets(detail::visitor_of<BudgetFigures>(visit));
  }
  [[nodiscard]] std::vector<PhaseStats> phase_stats() const;
  // Effect: while on, frame calls are counted (FrameStats::allocation_count); each then takes the
  // slow path, so switch it on for the frames that you look at. Any thread, between frames or
  // inside one; calls of a frame that another thread begins at this very moment may be missed.
  void count_frame_allocations(bool on) noexcept {
    if (instance_ != nullptr) instance_->count_frame_calls(on);
  }
  // Effect: in a guard mode, looks at what lies around pool and heap blocks and at freed ones in
  // quarantine, and reports what was written over (FA008, FA030). Result: how many blocks are
  // damaged. Requirement: no other thread writes to its blocks meanwhile.
  std::size_t check_guards() noexcept {
    return instance_ == nullptr ? 0 : instance_->pools().check_guards();
  }
  // Result: the mode in force; FRAMEALLOC_GUARD may have changed what the configuration said.
  [[nodiscard]] GuardMode guard_mode() const noexcept {
    return instance_ == nullptr ? GuardMode::Off : instance_->config().guard;
  }
  // Result: null unless AllocConfig::enable_budgets.
  [[nodiscard]] BudgetManager* budgets() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return instance_ == nullptr ? nullptr : instance_->budgets();
  }
  // Result: what is in use now; by call site from check level 1 on, else by tag.
  [[nodiscard]] LeakReport leak_report() const {
    return instance_ == nullptr ? LeakReport{} : make_leak_report(*instance_);
  }
  // Result: what is held now, for tools; SnapshotEmitter writes it to a file.
  [[nodiscard]] Snapshot snapshot() const {
    return instance_ == nullptr ? Snapshot{} : make_snapshot(*instance_);
  }
  // Effect: gives memory that is not needed now back to the source, also what scratch pools have
  // grown by and do not use. Other threads are asked for theirs, and give it back with their next
  // pool or frame allocation or frame boundary. Result: bytes given back by this call.
  std::size_t trim() noexcept { return instance_ == nullptr ? 0 : detail::trim_all(*instance_); }
  void set_report_handler(ReportHandler handler, void* context = nullptr) noexcept {
    if (instance_ != nullptr) instance_->sink().set(handler, context);
  }
  // For the library's own parts, which sit on the same instance; null when it could not be made.
  [[nodiscard]] detail::Instance* instance() const noexcept { return instance_; }

 private:
  SmartAlloc(detail::Instance* instance, std::nullptr_t) noexcept { adopt(instance); }
  void adopt(detail::Instance* instance) noexcept;
  void let_go() noexcept;
  void* heap_bytes(std::size_t bytes, std::size_t alignment, const CallSite& site) noexcept;
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

#include <framealloc/smart_alloc_inline.hpp>
