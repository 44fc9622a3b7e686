// SPDX-License-Identifier: MIT OR Apache-2.0
// One object in frame memory, which the frame destroys.
#pragma once

#include <framealloc/detail/container/relocate.hpp>
#include <framealloc/frame_arena.hpp>

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace framealloc {

namespace detail {

// Effect: the record of a destructor that the frame will owe, and right after it the memory that
// `allocate()` gets for the objects. Both of one frame: if it ends between the two calls and the
// next one begins, the record would stand in memory that is handed out again. `quiet` as `allocate`
// is: a denial is not reported.
template <class Allocate>
[[nodiscard]] auto allocate_owing(FrameArena& arena, Finalizer::Destroy destroy,
                                  Finalizer** finalizer, const CallSite& site, Allocate&& allocate,
                                  bool quiet = false) noexcept -> decltype(allocate()) {
  for (;;) {
    *finalizer = arena.new_finalizer(destroy, site, quiet);
    if (*finalizer == nullptr) return nullptr;
    const std::uint64_t frame = arena.clock();
    const auto memory = allocate();
    const bool same_frame = arena.clock() == frame;
    if (memory == nullptr && same_frame) arena.drop_finalizer(*finalizer);
    if (memory == nullptr || same_frame) return memory;
  }
}

}  // namespace detail

/// Effect: T(arguments...) in frame memory; its destructor, if it has one that does something, runs
/// at the end of the frame or when the arena is rewound past it, newest first. Result: the object,
/// or null when memory is denied. Reports name `site`. Thread contract: the thread of the arena.
template <class T, class... A>
[[nodiscard]] T* frame_new_at(FrameArena& arena FRAMEALLOC_LIFETIMEBOUND, const CallSite& site,
                              A&&... arguments) {
  if constexpr (std::is_trivially_destructible_v<T>) {
    T* const home = arena.alloc<T>(site);
    return home == nullptr ? nullptr : detail::construct<T>(home, std::forward<A>(arguments)...);
  } else {
    detail::Finalizer* finalizer;
    T* const home = detail::allocate_owing(arena, &detail::destroy_objects<T>, &finalizer, site,
                                           [&] { return arena.alloc<T>(site); });
    if (home == nullptr) return nullptr;
    detail::construct<T>(home, std::forward<A>(arguments)...);
    arena.arm(finalizer, home, 1);
    return home;
  }
}

// The same, but reports name the caller.
#define FRAMEALLOC_DEFINE(types, parameters, arguments)                                    \
  template <class T FRAMEALLOC_LIST types>                                                 \
  [[nodiscard]] T* frame_new(FrameArena& arena FRAMEALLOC_LIFETIMEBOUND,                   \
                             FRAMEALLOC_LIST parameters Here here = CallSite::current()) { \
    return frame_new_at<T>(arena, here.site FRAMEALLOC_LIST arguments);                    \
  }
FRAMEALLOC_FOR_EACH_ARITY(FRAMEALLOC_DEFINE)
#undef FRAMEALLOC_DEFINE
template <class T, class... A>
  requires(sizeof...(A) > detail::kMostSited)
[[nodiscard]] T* frame_new(FrameArena& arena FRAMEALLOC_LIFETIMEBOUND, A&&... arguments) {
  return frame_new_at<T>(arena, CallSite::of_function(FRAMEALLOC_FUNCTION),
                         std::forward<A>(arguments)...);
}

}  // namespace framealloc
