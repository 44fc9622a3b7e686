// SPDX-License-Identifier: MIT OR Apache-2.0
// The library's state of one thread. Only a pointer to it is thread-local: a shared object that is
// loaded later must fit into the little space that the system reserves in every thread's static
// storage (about 1.6 KB in glibc, for all of them together), and takes 8 bytes of it.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/relaxed_compare.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc {
class FrameArena;
namespace detail {
class PoolTable;
class ThreadState;
FRAMEALLOC_API extern FrameArena empty_arena;  // always full; see FrameArena's default constructor
FRAMEALLOC_API extern PoolTable empty_pool_table;  // that of a thread that is not attached

// What a thread has in one allocator; see thread/tls.hpp. Only names here: it is the first part of
// a record, because hot calls add only the slot's offset to the record's address.
struct TlsSlot {
  FrameArena* arena = &empty_arena;
  // Another thread may put the empty table here, under the registry's lock, to have the owner take
  // its slow path.
  PoolTable* pool = &empty_pool_table;
  ThreadState* state = nullptr;

  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE PoolTable& table() const noexcept {
#if FRAMEALLOC_TSAN
    return *__atomic_load_n(&pool, __ATOMIC_RELAXED);
#else
    // A plain load, because g++ does not fold an atomic one into an address. A stale value is fine:
    // it is a table of this thread. But a caller must never load twice, and find two different
    // tables.
    return *opaque(pool);
#endif
  }
  void show(PoolTable* table_to_use) noexcept;
  void clear() noexcept;
};

// The last slot is never filled: allocators beyond kTlsSlots - 1 at a time share it and find their
// state on the slow path. They work, only slower.
inline constexpr std::size_t kTlsSlots = 32;
inline constexpr std::size_t kSharedTlsSlot = kTlsSlots - 1;
}  // namespace detail
}  // namespace framealloc

namespace framealloc::os {

// Chains of calls that a thread is in, kept on its stack; each belongs to one source file.
enum class CallChain : unsigned char { BudgetHandlers, Deliveries, DeviceVisits, PressureHandlers };
inline constexpr std::size_t kCallChains = 4;

// A thread's record, as far as lower layers know it; thread/tls.hpp has the rest. Records lie in
// static storage, and in system pages when more threads are alive than fit there. A record is
// reused when its thread has ended, and never unmapped, so any thread may read it.
struct ThreadRecord {
  constexpr ThreadRecord() noexcept = default;
  constexpr explicit ThreadRecord(std::int32_t held) noexcept : sections(held) {}
  ThreadRecord(const ThreadRecord&) = delete;
  ThreadRecord& operator=(const ThreadRecord&) = delete;

  detail::TlsSlot slots[detail::kTlsSlots];
  // Locks that the thread holds, see enter_section(). Negative in the shared record of no thread.
  std::atomic<std::int32_t> sections{0};
  bool forking = false;
  std::uint64_t number = 0;  // the thread's id; 0 until it is needed
  void (*exit_hook)(void*) = nullptr;
  void* exit_argument = nullptr;
  const void* chains[kCallChains] = {};
  ThreadRecord* next = nullptr;       // all records, newest first
  ThreadRecord* next_free = nullptr;  // while no thread has it
};

// Room for the head and what follows it.
inline constexpr std::size_t kThreadRecordBytes = 1152;

// Result: the newest record; the others follow it. Requirement: lock_thread_records().
[[nodiscard]] ThreadRecord* first_thread_record() noexcept;
// Between these two calls, no record is made or returned.
void lock_thread_records() noexcept;
void unlock_thread_records() noexcept;

// The calling thread's record; the shared record of no thread until it needs its own. Both are
// defined where everything that a record holds is known.
FRAMEALLOC_API extern constinit thread_local ThreadRecord* thread_record FRAMEALLOC_TLS_MODEL;
FRAMEALLOC_API extern ThreadRecord& record_of_nobody;
// Effect: makes a record in the `kThreadRecordBytes` bytes at `home`. Defined as the above.
[[nodiscard]] ThreadRecord* construct_thread_record(void* home) noexcept;

// Result: a word that differs between all threads that have a record. Hot calls use it to identify
// the owner of a page, because they have it in a register anyway. In a thread without a record it
// is the word of no thread, which owns nothing.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE std::uintptr_t record_word() noexcept {
  return reinterpret_cast<std::uintptr_t>(thread_record);
}

// Result: the calling thread's own record, made on demand; that of no thread if memory is denied.
[[nodiscard]] FRAMEALLOC_API FRAMEALLOC_COLD ThreadRecord& make_thread_record() noexcept;
[[nodiscard]] inline ThreadRecord& own_record() noexcept {
  ThreadRecord& mine = *thread_record;
  if (mine.sections.load(std::memory_order_relaxed) >= 0) [[likely]]
    return mine;
  return make_thread_record();
}

// Result: the innermost call of the chain; null when the thread is in none.
[[nodiscard]] inline const void* innermost_call(CallChain chain) noexcept {
  return thread_record->chains[static_cast<std::size_t>(chain)];
}
// Effect: makes `call` the innermost, until the next. Without memory for a record the thread is in
// no call.
inline void set_innermost_call(CallChain chain, const void* call) noexcept {
  ThreadRecord& mine = own_record();
  if (&mine != &record_of_nobody) mine.chains[static_cast<std::size_t>(chain)] = call;
}

// Forks in other threads that wait until no thread is in a section.
FRAMEALLOC_API extern constinit std::atomic<std::uint32_t> forks_waiting;
FRAMEALLOC_API FRAMEALLOC_COLD void enter_section_slowly() noexcept;

// Between the two calls a thread changes data that must be consistent in a child process. A fork()
// of another thread waits until no thread is in a section, though not forever, and a thread that is
// about to enter one waits for the fork. Sections nest. Those of the forking thread do not count,
// because it continues in the child.
FRAMEALLOC_ALWAYS_INLINE void enter_section() noexcept {
  ThreadRecord& mine = *thread_record;
  const std::int32_t held = mine.sections.load(std::memory_order_relaxed);
  if (held > 0) {
    mine.sections.store(held + 1, std::memory_order_relaxed);
    return;
  }
  if (held < 0) [[unlikely]]
    return enter_section_slowly();
  mine.sections.store(1, std::memory_order_relaxed);
  // The forking thread enforces this order where it matters (membarrier).
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (!detail::is_zero_relaxed(forks_waiting)) [[unlikely]]
    enter_section_slowly();
}
FRAMEALLOC_ALWAYS_INLINE void leave_section() noexcept {
  ThreadRecord& mine = *thread_record;
  const std::int32_t held = mine.sections.load(std::memory_order_relaxed);
  if (held > 0) [[likely]]
    mine.sections.store(held - 1, std::memory_order_release);
}

// The same in one step, for a few instructions of a hot path that already has the thread's record
// and calls nothing in between. Result: false in a section, in a thread without a record and while
// a fork waits: the caller then takes the slow path.
[[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool try_enter_section(ThreadRecord& mine) noexcept {
  if (!detail::is_zero_relaxed(mine.sections)) [[unlikely]]
    return false;
  mine.sections.store(1, std::memory_order_relaxed);
  std::atomic_signal_fence(std::memory_order_seq_cst);
  if (detail::is_zero_relaxed(forks_waiting)) [[likely]]
    return true;
  mine.sections.store(0, std::memory_order_release);
  return false;
}
FRAMEALLOC_ALWAYS_INLINE void leave_section(ThreadRecord& mine) noexcept {
  mine.sections.store(0, std::memory_order_release);
}

// The same for a scope.
class Section {
 public:
  Section() noexcept { enter_section(); }
  ~Section() { leave_section(); }
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;
};

}  // namespace framealloc::os
