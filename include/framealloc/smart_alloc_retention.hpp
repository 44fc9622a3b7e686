// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc that keep objects beyond their frame. SmartAlloc inherits them.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/container/relocate.hpp>
#include <framealloc/detail/frame/retention_book.hpp>
#include <framealloc/detail/frame/retention_record.hpp>
#include <framealloc/detail/thread/entry.hpp>
#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/frame_retained.hpp>
#include <framealloc/promotion_result.hpp>
#include <framealloc/retention_policy.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace framealloc::detail {

// Result: a record in frame memory, not armed yet; null when memory is denied (reported).
[[nodiscard]] FRAMEALLOC_API RetainedRecord* new_retained(Instance& instance, FrameArena& arena,
                                                          const RetainedType& type,
                                                          const RetentionPolicy& policy,
                                                          const CallSite& site) noexcept;
enum class WhoseFrame : std::uint8_t { Shared, Thread };
[[nodiscard]] FRAMEALLOC_API PromotionResult end_frame_promoting(Instance* instance,
                                                                 WhoseFrame whose) noexcept;
// Result: null when nothing was ever retained, or there is no memory for it.
[[nodiscard]] FRAMEALLOC_API RetentionBook* find_retention_book(const Instance* instance) noexcept;
[[nodiscard]] FRAMEALLOC_API RetentionBook* retention_book(const Instance* instance) noexcept;

// `Handle` is SmartAlloc, whose instance() is null when the allocator could not be made.
template <class Handle>
class RetentionMembers {
 public:
  // Effect: a T(arguments...) in frame memory, which end_frame_with_promotions() moves to where
  // `policy` says, under the tag that is current now. When its memory ends in any other way (a
  // plain end_frame(), a rewind, the end of the allocator), it is destroyed. An object that is to
  // be dropped is better had from frame_new(): a record of some 170 bytes stands before each of
  // these. Result: an empty handle when memory is denied (reported). Any thread in a frame.
  // frame_with_importance() is the same with the policy that belongs to the importance.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                     \
  template <class T FRAMEALLOC_LIST types>                                                  \
  [[nodiscard]] FrameRetained<T> frame_retained(                                            \
      RetentionPolicy policy, FRAMEALLOC_LIST parameters Here here = CallSite::current()) { \
    return retain<T>(here.site, policy FRAMEALLOC_LIST arguments);                          \
  }                                                                                         \
  template <class T FRAMEALLOC_LIST types>                                                  \
  [[nodiscard]] FrameRetained<T> frame_with_importance(                                     \
      Importance importance, FRAMEALLOC_LIST parameters Here here = CallSite::current()) {  \
    return retain<T>(here.site, importance.policy() FRAMEALLOC_LIST arguments);             \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class T, class... A>
    requires(sizeof...(A) > kMostSited)
  [[nodiscard]] FrameRetained<T> frame_retained(RetentionPolicy policy, A&&... arguments) {
    return retain<T>(CallSite::of_function(FRAMEALLOC_FUNCTION), policy,
                     std::forward<A>(arguments)...);
  }
  template <class T, class... A>
    requires(sizeof...(A) > kMostSited)
  [[nodiscard]] FrameRetained<T> frame_with_importance(Importance importance, A&&... arguments) {
    return retain<T>(CallSite::of_function(FRAMEALLOC_FUNCTION), importance.policy(),
                     std::forward<A>(arguments)...);
  }

  // Effect: as end_frame(), but first every retained object of the frame, of all threads, moves to
  // where its policy says: allocated there by size and alignment, counted under its own tag, moved
  // by its own move constructor (by bytes where is_trivially_relocatable<T>). What cannot be moved
  // is destroyed with the frame, and the result says why. With frames_in_flight above 1 it is the
  // frame whose memory ends now whose objects are promoted: until then they stay where they are.
  // Result: the objects, to be taken; those that nobody takes are destroyed with the result.
  // Thread contract: as end_frame(), while no other thread uses the frame.
  [[nodiscard]] PromotionResult end_frame_with_promotions() noexcept {
    return end_frame_promoting(mine(), WhoseFrame::Shared);
  }
  // The same for the frame of this thread, see begin_thread_frame().
  [[nodiscard]] PromotionResult end_thread_frame_with_promotions() noexcept {
    return end_frame_promoting(mine(), WhoseFrame::Thread);
  }
  // Effect: as end_frame_with_promotions(); promoted objects that the promotion handler does not
  // take are destroyed (those in scratch pools stay). Result: the summary alone.
  FrameSummary end_frame_with_summary() noexcept {
    PromotionResult result = end_frame_promoting(mine(), WhoseFrame::Shared);
    return std::move(result.summary);
  }
  // Effect: `handler` is told of each promoted object from now on, right after its frame has ended,
  // and may take it; null = none. Thread contract: the thread that drives frames.
  void set_promotion_handler(PromotionHandler handler, void* context = nullptr) noexcept {
    if (RetentionBook* const book = retention_book(mine())) book->set_handler(handler, context);
  }

  // Result: objects of all threads that wait to be promoted. Any thread.
  [[nodiscard]] std::size_t retained_count() const noexcept {
    const RetentionBook* const book = find_retention_book(mine());
    return book == nullptr ? 0 : book->waiting();
  }
  // Effect: what has been retained until now, by all threads, ends with its frame instead.
  // Thread contract: any one thread, while no other retains.
  void clear_retained() noexcept {
    if (RetentionBook* const book = find_retention_book(mine())) book->clear();
  }

 protected:
  RetentionMembers() = default;
  ~RetentionMembers() = default;
  RetentionMembers(const RetentionMembers&) = default;
  RetentionMembers& operator=(const RetentionMembers&) = default;

 private:
  template <class T, class... A>
  [[nodiscard]] FrameRetained<T> retain(const CallSite& site, const RetentionPolicy& policy,
                                        A&&... arguments) {
    Instance* const instance = mine();
    if (instance == nullptr) return {};
    FrameArena& arena = frame_arena(*instance);
    RetainedRecord* record;
    T* home;
    std::uint64_t frame;
    do {  // both of one frame, as allocate_owing() does it
      record = new_retained(*instance, arena, retained_type<T>, policy, site.template of_type<T>());
      if (record == nullptr) return {};
      frame = arena.clock();
      home = arena.alloc<T>(site);
      if (home == nullptr) return {};
    } while (arena.clock() != frame);
    construct<T>(home, std::forward<A>(arguments)...);
    arm_retained(arena, *record, home);
    return FrameRetained<T>(*record);
  }
  [[nodiscard]] Instance* mine() const noexcept {
    return static_cast<const Handle*>(this)->instance();
  }
};

}  // namespace framealloc::detail
