// SPDX-License-Identifier: MIT OR Apache-2.0
// Which frame allocation an address belonged to: a table that a fault handler can read.
#pragma once

#include <framealloc/call_site.hpp>
#include <framealloc/detail/arena/arena_host.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// One frame allocation.
struct FrameGuardRecord {
  static constexpr std::size_t kCallers = 6;
  std::uint32_t start = 0;  // in granules from the start of the chunk
  std::uint32_t granules = 0;
  const char* file = "";
  const char* function = "";
  std::uint32_t line = 0;
  TagId tag = TagId::Untagged;
  // Return addresses, when no line is known: containers allocate on behalf of their callers.
  const void* callers[kCallers] = {};
};

struct FrameGuardBlock {
  static constexpr std::size_t kRecords = 48;
  std::atomic<FrameGuardBlock*> next{nullptr};
  std::atomic<std::size_t> count{0};
  FrameGuardRecord records[kRecords];
};
static_assert(sizeof(FrameGuardBlock) <= 4096);

// One chunk, and what was allocated in it. Entries are reused, never freed before the table.
struct FrameGuardEntry {
  enum class State : std::uint8_t { Unused, Open, Kept };
  std::atomic<FrameGuardEntry*> next{nullptr};  // of the table
  std::atomic<State> state{State::Unused};
  std::atomic<std::uintptr_t> base{0};
  std::atomic<std::size_t> bytes{0};
  std::atomic<std::uint64_t> clock{0};                          // of the frame
  std::atomic<const std::atomic<std::uint64_t>*> now{nullptr};  // what that clock shows now
  std::atomic<FrameGuardBlock*> first{nullptr};
  FrameGuardBlock* last = nullptr;         // the owner's
  FrameGuardEntry* next_unused = nullptr;  // guarded by the table's lock

  // Result: the allocation that holds the address, or the last one before it; null when none is
  // known. Async-signal-safe.
  [[nodiscard]] const FrameGuardRecord* find(std::uintptr_t address) const noexcept;
};

// Thread contract: add() and remove() any thread, the chunk's owner at a time; find() any thread,
// also inside a signal handler.
class FrameGuardTable {
 public:
  explicit FrameGuardTable(MetadataAllocator& metadata) noexcept : metadata_(metadata) {}
  ~FrameGuardTable();
  FrameGuardTable(const FrameGuardTable&) = delete;
  FrameGuardTable& operator=(const FrameGuardTable&) = delete;

  // Result: null when memory is short; the chunk's memory is then not named.
  [[nodiscard]] FrameGuardEntry* add(const ArenaChunk& chunk, std::uint64_t clock,
                                     const std::atomic<std::uint64_t>& now) noexcept;
  void remove(FrameGuardEntry* entry) noexcept;
  // Effect: forgotten silently when memory is short. Owner of the chunk.
  void note(FrameGuardEntry& entry, const FrameGuardRecord& record) noexcept;
  [[nodiscard]] const FrameGuardEntry* find(std::uintptr_t address) const noexcept;

 private:
  MetadataAllocator& metadata_;
  std::atomic<FrameGuardEntry*> entries_{nullptr};
  SpinLock lock_{};
  FrameGuardEntry* unused_ = nullptr;
};

}  // namespace framealloc::detail
