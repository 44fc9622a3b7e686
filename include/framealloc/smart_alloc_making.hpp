// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc that make objects from any arguments. SmartAlloc inherits them.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/detail/thread/entry.hpp>
#include <framealloc/frame_box.hpp>
#include <framealloc/frame_new.hpp>
#include <framealloc/heap_box.hpp>
#include <framealloc/pool_arc.hpp>
#include <framealloc/pool_box.hpp>

#include <utility>

namespace framealloc::detail {

// `Handle` is SmartAlloc, whose instance() is null when the allocator could not be made; then
// everything is null. Reports name the caller.
template <class Handle>
class MakingMembers {
 public:
  // Effect: constructs T(arguments...); its destructor, if it does anything, runs at the frame's
  // end.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                           \
  template <class T FRAMEALLOC_LIST types>                                                        \
  [[nodiscard]] T* frame_new(FRAMEALLOC_LIST parameters Here here = CallSite::current())          \
      FRAMEALLOC_LIFETIMEBOUND {                                                                  \
    return frame_new_at<T>(arena(), here.site FRAMEALLOC_LIST arguments);                         \
  }                                                                                               \
  template <class T FRAMEALLOC_LIST types>                                                        \
  [[nodiscard]] FrameBox<T> frame_box(FRAMEALLOC_LIST parameters Here here = CallSite::current()) \
      FRAMEALLOC_LIFETIMEBOUND {                                                                  \
    return FrameBox<T>::make_at(arena(), here.site FRAMEALLOC_LIST arguments);                    \
  }
  FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  [[nodiscard]] T* frame_new(A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    return framealloc::frame_new<T>(arena(), std::forward<A>(arguments)...);
  }
  template <class T, class... A>
    requires(sizeof...(A) > detail::kMostSited)
  [[nodiscard]] FrameBox<T> frame_box(A&&... arguments) FRAMEALLOC_LIFETIMEBOUND {
    return FrameBox<T>::make(arena(), std::forward<A>(arguments)...);
  }
  // Effect: a T that the box destroys and frees, on whatever thread it dies.
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

 protected:
  MakingMembers() = default;
  ~MakingMembers() = default;
  MakingMembers(const MakingMembers&) = default;
  MakingMembers& operator=(const MakingMembers&) = default;

 private:
  [[nodiscard]] FrameArena& arena() noexcept { return static_cast<Handle*>(this)->frame_arena(); }
  template <class Box, class... A>
  [[nodiscard]] Box make_box(const CallSite& site, A&&... arguments) {
    Instance* const instance = static_cast<Handle*>(this)->instance();
    return instance == nullptr ? Box()
                               : Box::make_at(*instance, site, std::forward<A>(arguments)...);
  }
};

}  // namespace framealloc::detail
