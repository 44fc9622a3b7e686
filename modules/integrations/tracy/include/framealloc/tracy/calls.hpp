// SPDX-License-Identifier: MIT OR Apache-2.0
// The calls of Tracy that this module makes, and nothing where there is no Tracy: its header is not
// in the include path, or TRACY_ENABLE is not defined.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#if defined(TRACY_ENABLE) && __has_include(<tracy/Tracy.hpp>)
#include <tracy/Tracy.hpp>
#define FRAMEALLOC_HAS_TRACY 1
#else
#define FRAMEALLOC_HAS_TRACY 0
#endif

// Not framealloc::tracy: Tracy's macros say `tracy::`, and would find that one.
namespace framealloc::tracing {

inline constexpr bool kHasTracy = FRAMEALLOC_HAS_TRACY != 0;

// Tracy keeps names by their address: each must live as long as the program, as literals do.
namespace calls {

inline void mark_frame([[maybe_unused]] const char* name) noexcept {
#if FRAMEALLOC_HAS_TRACY
  if (name == nullptr) {
    FrameMark;
  } else {
    FrameMarkNamed(name);
  }
#endif
}
inline void plot_as_memory([[maybe_unused]] const char* name) noexcept {
#if FRAMEALLOC_HAS_TRACY
  TracyPlotConfig(name, ::tracy::PlotFormatType::Memory, true, true, 0);
#endif
}
inline void plot([[maybe_unused]] const char* name, [[maybe_unused]] std::size_t value) noexcept {
#if FRAMEALLOC_HAS_TRACY
  TracyPlot(name, static_cast<std::int64_t>(value));
#endif
}
inline void message([[maybe_unused]] std::string_view text,
                    [[maybe_unused]] std::uint32_t color) noexcept {
#if FRAMEALLOC_HAS_TRACY
  TracyMessageC(text.data(), text.size(), color);
#endif
}
inline void took([[maybe_unused]] const void* block, [[maybe_unused]] std::size_t bytes,
                 [[maybe_unused]] const char* pool) noexcept {
#if FRAMEALLOC_HAS_TRACY
  TracyAllocN(block, bytes, pool);
#endif
}
inline void gave_back([[maybe_unused]] const void* block,
                      [[maybe_unused]] const char* pool) noexcept {
#if FRAMEALLOC_HAS_TRACY
  TracyFreeN(block, pool);
#endif
}
inline void discard([[maybe_unused]] const char* pool) noexcept {
#if FRAMEALLOC_HAS_TRACY
  TracyMemoryDiscard(pool);
#endif
}

}  // namespace calls
}  // namespace framealloc::tracing

// A phase of the allocator that is a zone of Tracy as well, until the scope ends. `name` is a
// string literal; the zone shows the place of this line.
#if FRAMEALLOC_HAS_TRACY
#define FRAMEALLOC_TRACY_PHASE(alloc, name) \
  ZoneScopedN(name);                        \
  [[maybe_unused]] const auto framealloc_tracy_phase = (alloc).phase_scope(name)
#else
#define FRAMEALLOC_TRACY_PHASE(alloc, name) \
  [[maybe_unused]] const auto framealloc_tracy_phase = (alloc).phase_scope(name)
#endif
