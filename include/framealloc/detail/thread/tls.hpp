// SPDX-License-Identifier: MIT OR Apache-2.0
// How a thread finds its own state: a constant-initialized thread-local pointer to a table, one
// slot per live allocator. A hot call loads its slot and goes on; a thread that has no state yet
// finds an arena that is full and pools that are empty, so there is nothing to check. (The empty
// sentinel is the idea of mimalloc's empty page and bumpalo's EMPTY_CHUNK.)
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/os/thread_record.hpp>
#include <framealloc/detail/pool/pool_table.hpp>
#include <framealloc/frame_arena.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// Where a thread stood with a barrier that it met lately.
struct PhaseMemory {
  std::uint64_t barrier = 0;
  std::uint32_t phase = 0;
};
inline constexpr std::size_t kPhaseMemories = 16;

struct TlsTable : os::ThreadRecord {
  using os::ThreadRecord::ThreadRecord;
  ThreadState* states = nullptr;  // this thread's states, of all allocators
  PhaseMemory phases[kPhaseMemories];
};
static_assert(sizeof(TlsTable) <= os::kThreadRecordBytes);

// Result: the calling thread's table; until it has one, the table of no thread, which is read-only.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE TlsTable& tls_table() noexcept {
  return *static_cast<TlsTable*>(os::thread_record);
}

}  // namespace framealloc::detail
