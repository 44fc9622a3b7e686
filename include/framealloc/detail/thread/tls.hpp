// SPDX-License-Identifier: MIT OR Apache-2.0
// How a thread finds its own state: a constant-initialised thread-local table, one slot per live
// allocator. A hot call loads its slot and goes on; a thread that has no state yet finds an arena
// that is full and pools that are empty, so there is nothing to check. (The empty sentinel is the
// idea of mimalloc's empty page and bumpalo's EMPTY_CHUNK.)
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/pool/pool_table.hpp>
#include <framealloc/frame_arena.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

class ThreadState;

extern FrameArena empty_arena;  // always full; see FrameArena's default constructor

struct TlsSlot {
  FrameArena* arena = &empty_arena;
  PoolTable* pool = &empty_pool_table;
  ThreadState* state = nullptr;
};

// The last slot is never filled: allocators beyond kTlsSlots - 1 at a time share it and find their
// state on the slow path. They work, only slower.
inline constexpr std::size_t kTlsSlots = 32;
inline constexpr std::size_t kSharedTlsSlot = kTlsSlots - 1;

struct TlsTable {
  TlsSlot slots[kTlsSlots];
  ThreadState* states = nullptr;  // this thread's states, of all allocators
};

extern constinit thread_local TlsTable tls_table FRAMEALLOC_TLS_INITIAL_EXEC;

}  // namespace framealloc::detail
