// SPDX-License-Identifier: MIT OR Apache-2.0
// Which frame allocation an address belonged to: a table that a fault handler can read.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/detail/arena/arena_host.hpp>
#include <framealloc/detail/memory/metadata.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// One frame allocation.
struct TrapRecord {
  static constexpr std::size_t kCallers = 6;
  std::uint32_t start = 0;  // in granules from the start of the chunk
  std::uint32_t granules = 0;
  const char* file = "";
  const char* function = "";
  std::uint32_t line = 0;
  TagId tag = TagId::Untagged;
  // Return addresses, when no line is known: containers allocate for whoever called them.
  const void* callers[kCallers] = {};
};

struct TrapBlock {
  static constexpr std::size_t kRecords = 48;
  std::atomic<TrapBlock*> next{nullptr};
  std::atomic<std::size_t> count{0};
  TrapRecord records[kRecords];
};
static_assert(sizeof(TrapBlock) <= 4096);

// One chunk, and what was allocated in it. Entries are reused, never freed before the table.
struct TrapEntry {
  enum class State : std::uint8_t { Unused, Open, Kept };
  std::atomic<TrapEntry*> next{nullptr};  // of the table
  std::atomic<State> state{State::Unused};
  std::atomic<std::uintptr_t> base{0};
  std::atomic<std::size_t> bytes{0};
  std::atomic<std::uint64_t> clock{0};                          // of the frame
  std::atomic<const std::atomic<std::uint64_t>*> now{nullptr};  // what that clock shows now
  std::atomic<TrapBlock*> first{nullptr};
  TrapBlock* last = nullptr;         // the owner's
  TrapEntry* next_unused = nullptr;  // guarded by the table's lock

  // Result: the allocation that holds the address, or the last one before it; null when none is
  // known. Async-signal-safe.
  [[nodiscard]] const TrapRecord* find(std::uintptr_t address) const noexcept;
};

// Thread contract: add() and remove() any thread, the chunk's owner at a time; find() any thread,
// also inside a signal handler.
class TrapTable {
 public:
  explicit TrapTable(Metadata& metadata) noexcept : metadata_(metadata) {}
  ~TrapTable();
  TrapTable(const TrapTable&) = delete;
  TrapTable& operator=(const TrapTable&) = delete;

  // Result: null when memory is short; the chunk's memory is then not named.
  [[nodiscard]] TrapEntry* add(const ArenaChunk& chunk, std::uint64_t clock,
                               const std::atomic<std::uint64_t>& now) noexcept;
  void remove(TrapEntry* entry) noexcept;
  // Effect: forgotten silently when memory is short. Owner of the chunk.
  void note(TrapEntry& entry, const TrapRecord& record) noexcept;
  [[nodiscard]] const TrapEntry* find(std::uintptr_t address) const noexcept;

 private:
  Metadata& metadata_;
  std::atomic<TrapEntry*> entries_{nullptr};
  SpinLock lock_{};
  TrapEntry* unused_ = nullptr;
};

}  // namespace framealloc::detail
