// SPDX-License-Identifier: MIT OR Apache-2.0
// The doors into an allocator for everything that is not on the hottest path: containers, boxes,
// standard-library adaptors. Each finds the calling thread's state itself.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/figures.hpp>
#include <framealloc/frame_arena.hpp>
#include <framealloc/ids.hpp>

#include <cstddef>

namespace framealloc::detail {

class Instance;  // the shared state behind a SmartAlloc; see thread/instance.hpp
struct Denial;

// Thread contract of all: any thread. Result: null when denied, and the reason has been reported
// and stands in `*why`, where that is given.
[[nodiscard]] FRAMEALLOC_API void* pool_allocate(Instance& instance, std::size_t size,
                                                 std::size_t alignment, const CallSite& site,
                                                 Denial* why = nullptr) noexcept;
FRAMEALLOC_API void pool_free(Instance& instance, void* block, std::size_t size,
                              std::size_t alignment, const CallSite& site) noexcept;
// The same for a block that the calling thread's lists would not take.
void pool_free_slow(Instance& instance, void* block, std::size_t size, std::size_t alignment,
                    const CallSite& site) noexcept;
[[nodiscard]] FRAMEALLOC_API void* heap_allocate(Instance& instance, std::size_t size,
                                                 std::size_t alignment, const CallSite& site,
                                                 Denial* why = nullptr) noexcept;
// The same under `tag` instead of the thread's, which stays as it is; Untagged for a tag that is not
// of `instance`. An alignment that is no power of two is reported.
[[nodiscard]] void* heap_allocate_as(Instance& instance, TagId tag, std::size_t size,
                                     std::size_t alignment, const CallSite& site) noexcept;
// The same, with how the block is accounted for.
[[nodiscard]] NewHeapBlock heap_hand_out(Instance& instance, TagId tag, std::size_t size,
                                         std::size_t alignment, const CallSite& site) noexcept;
FRAMEALLOC_API void heap_free(Instance& instance, void* block, const CallSite& site) noexcept;
// Effect: the block, which is in use, has `size` bytes where it is, if there is room and budget for
// them. Result: false when it stays as it was. No report.
[[nodiscard]] bool heap_try_resize(Instance& instance, void* block, std::size_t size) noexcept;
// Effect: as realloc(), under the tag that the block has. Result: null when denied (reported), and
// the old block stays.
[[nodiscard]] void* heap_reallocate(Instance& instance, void* block, std::size_t size,
                                    std::size_t alignment, const CallSite& site) noexcept;

// Result: how the heap accounts for the block; `bytes` is 0 for an address that is not of `instance`.
[[nodiscard]] HeapBlock heap_block(Instance& instance, const void* block) noexcept;
// Effect: as heap_free(), but an address that is not of `instance` is left alone. Result: what the
// block was.
HeapBlock heap_give_back(Instance& instance, void* block, const CallSite& site) noexcept;

// Result: the calling thread's arena; one that is always full when the thread cannot be attached.
[[nodiscard]] FRAMEALLOC_API FrameArena& frame_arena(Instance& instance) noexcept;

// Effect: reports an alignment that is no power of two (FA011). Result: null.
void* refuse_alignment(Instance& instance, std::size_t size, std::size_t alignment,
                       const CallSite& site) noexcept;

}  // namespace framealloc::detail
