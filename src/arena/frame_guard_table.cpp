// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/arena/frame_guard_table.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/base/relaxed.hpp>

#include <mutex>

namespace framealloc::detail {
namespace {}

const FrameGuardRecord* FrameGuardEntry::find(std::uintptr_t address) const noexcept {
  const std::size_t granule = (address - base.load(kRelaxed)) / kGranule;
  const FrameGuardRecord* best = nullptr;
  const FrameGuardBlock* block = first.load(std::memory_order_acquire);
  for (; block != nullptr; block = block->next.load(std::memory_order_acquire)) {
    const std::size_t count = block->count.load(std::memory_order_acquire);
    for (std::size_t i = 0; i < count; ++i) {
      const FrameGuardRecord& record = block->records[i];
      if (record.start > granule) continue;
      if (best == nullptr || record.start >= best->start) best = &record;
    }
  }
  return best;
}

FrameGuardTable::~FrameGuardTable() {
  for (FrameGuardEntry* entry = entries_.load(kRelaxed); entry != nullptr;) {
    FrameGuardEntry* const next = entry->next.load(kRelaxed);
    if (entry->state.load(kRelaxed) != FrameGuardEntry::State::Unused) remove(entry);
    metadata_.destroy(entry);
    entry = next;
  }
}

FrameGuardEntry* FrameGuardTable::add(const ArenaChunk& chunk, std::uint64_t clock,
                                      const std::atomic<std::uint64_t>& now) noexcept {
  FrameGuardEntry* entry = nullptr;
  {
    const std::lock_guard guard(lock_);
    entry = unused_;
    if (entry != nullptr) unused_ = entry->next_unused;
  }
  const bool fresh = entry == nullptr;
  if (fresh) entry = metadata_.create<FrameGuardEntry>();
  if (entry == nullptr) return nullptr;
  entry->base.store(reinterpret_cast<std::uintptr_t>(&chunk), kRelaxed);
  entry->bytes.store(chunk.bytes, kRelaxed);
  entry->clock.store(clock, kRelaxed);
  entry->now.store(&now, kRelaxed);
  entry->state.store(FrameGuardEntry::State::Open, std::memory_order_release);
  if (!fresh) return entry;
  FrameGuardEntry* head = entries_.load(kRelaxed);
  do {
    entry->next.store(head, kRelaxed);
  } while (!entries_.compare_exchange_weak(head, entry, std::memory_order_release, kRelaxed));
  return entry;
}

void FrameGuardTable::remove(FrameGuardEntry* entry) noexcept {
  entry->state.store(FrameGuardEntry::State::Unused, std::memory_order_relaxed);
  FrameGuardBlock* block = entry->first.exchange(nullptr);
  entry->last = nullptr;
  while (block != nullptr) {
    FrameGuardBlock* const next = block->next.load(kRelaxed);
    metadata_.destroy(block);
    block = next;
  }
  const std::lock_guard guard(lock_);
  entry->next_unused = unused_;
  unused_ = entry;
}

void FrameGuardTable::note(FrameGuardEntry& entry, const FrameGuardRecord& record) noexcept {
  FrameGuardBlock* block = entry.last;
  if (block == nullptr || block->count.load(kRelaxed) == FrameGuardBlock::kRecords) {
    auto* const fresh = metadata_.create<FrameGuardBlock>();
    if (fresh == nullptr) return;
    (block == nullptr ? entry.first : block->next).store(fresh, std::memory_order_release);
    entry.last = block = fresh;
  }
  const std::size_t count = block->count.load(kRelaxed);
  block->records[count] = record;
  block->count.store(count + 1, std::memory_order_release);
}

const FrameGuardEntry* FrameGuardTable::find(std::uintptr_t address) const noexcept {
  const FrameGuardEntry* entry = entries_.load(std::memory_order_acquire);
  for (; entry != nullptr; entry = entry->next.load(kRelaxed)) {
    if (entry->state.load(std::memory_order_acquire) == FrameGuardEntry::State::Unused) continue;
    const std::uintptr_t base = entry->base.load(kRelaxed);
    if (address >= base && address - base < entry->bytes.load(kRelaxed)) return entry;
  }
  return nullptr;
}

}  // namespace framealloc::detail
