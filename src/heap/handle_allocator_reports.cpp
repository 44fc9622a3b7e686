// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/handle_allocator.hpp>
#include <framealloc/text.hpp>

#include <algorithm>
#include <mutex>

namespace framealloc {

namespace {

using detail::HandleSlot;
using detail::HandleType;

// Objects of one type and tag that are alive, in memory that was there before.
struct LeakGroups {
  struct Group {
    const HandleType* type;
    TagId tag;
    std::uint64_t count;
    const void* address;
  };
  static constexpr std::size_t kMost = 256;
  Group groups[kMost];
  std::size_t size = 0;
  std::uint64_t others = 0;
  std::size_t other_bytes = 0;

  void add(const HandleType* type, TagId tag, const void* address) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
      if (groups[i].tag != tag || !detail::same_type(groups[i].type, type)) continue;
      ++groups[i].count;
      return;
    }
    if (size < kMost) {
      groups[size++] = Group{type, tag, 1, address};
      return;
    }
    ++others;
    other_bytes += type->size;
  }
};

}  // namespace

// For a reader what waits with a thread is free like any other block that waits.
detail::HandleSpace::Totals HandleAllocator::totals() const noexcept {
  detail::HandleSpace::Totals totals = space_.totals();
  const std::lock_guard guard(space_.lock());
  caches_.for_each_entry([&totals](detail::HandleCache&, const detail::HandleCache::Entry& entry) {
    const std::uint64_t key = entry.key.load(std::memory_order_relaxed);
    const std::uint64_t blocks = detail::HandleCache::waiting_in(entry);
    const std::size_t bytes = blocks * detail::granules_of_key(key) * kGranule;
    totals.parked_blocks += blocks;
    totals.used_bytes -= bytes;
    totals.free_bytes += bytes;
    if (!detail::is_movable_key(key)) totals.unmovable_blocks -= blocks;
  });
  return totals;
}

HandleAllocatorStats HandleAllocator::stats() const noexcept {
  HandleAllocatorStats stats;
  const detail::HandleSpace::Totals space = totals();
  stats.total_allocated = total_allocated();
  stats.active_handles = active_count();
  stats.total_slots = slots_.size();
  stats.free_slots = slots_.free_slots() + space.parked_blocks;
  stats.retired_slots = slots_.retired_slots();
  const std::uint64_t fixed = space.large_blocks + space.unmovable_blocks;
  stats.relocatable_count = stats.active_handles > fixed ? stats.active_handles - fixed : 0;
  for (std::uint32_t index = 0; index < stats.total_slots; ++index) {
    const std::uint64_t word = slots_.find(index)->word.load(std::memory_order_relaxed);
    if ((word & HandleSlot::kMostPins) != 0) ++stats.pinned_count;
  }
  stats.deferred_frees = deferred_.load(std::memory_order_relaxed);
  stats.relocation_count = relocation_count();
  stats.relocated_bytes = relocated_bytes_.load(std::memory_order_relaxed);
  stats.chunks = space.chunks;
  stats.chunks_released = space.released_chunks;
  stats.chunk_bytes = space.chunk_bytes;
  stats.used_bytes = space.used_bytes;
  stats.hole_bytes = space.free_bytes;
  stats.large_bytes = space.large_bytes;
  stats.fragmentation_before = fragmentation_before_.load(std::memory_order_relaxed);
  stats.fragmentation_after = fragmentation_after_.load(std::memory_order_relaxed);
  return stats;
}

void HandleAllocator::report_leaks() noexcept {
  if (active_count() == 0) return;
  auto* const groups = ledger_.context().metadata.create<LeakGroups>();
  if (groups == nullptr) return;
  const std::uint32_t slots = slots_.size();
  for (std::uint32_t index = 0; index < slots; ++index) {
    const Slot& slot = *slots_.find(index);
    if ((slot.word.load(std::memory_order_acquire) & Slot::kVacant) != 0) continue;
    const Type* const type = slots_.record(index).type.load(std::memory_order_relaxed);
    void* const object = slot.address(*type);
    groups->add(type, space_.tag_of(object, type->size, type->alignment), object);
  }
  for (std::size_t i = 0; i < groups->size; ++i) {
    const LeakGroups::Group& group = groups->groups[i];
    const std::size_t bytes = group.count * group.type->size;
    Text<320> message;
    message.append(group.count).append(" objects of type ").append(group.type->name);
    message.append(" behind handles, ").append_bytes(bytes);
    ledger_.report(Code::FA007, message, group.tag, bytes, 0, group.address);
  }
  if (groups->others != 0) {
    Text<128> message;
    message.append(groups->others).append(" objects of further types behind handles");
    ledger_.report(Code::FA007, message, TagId::Untagged, groups->other_bytes, 0);
  }
  ledger_.context().metadata.destroy(groups);
}

void HandleAllocator::report_stale(GenerationalId id, const Type& type) const noexcept {
  Text<320> message;
  message.append("stale handle ").append(id.index).append(":").append(id.generation);
  message.append(" of type ").append(type.name);
  const Slot* const slot = slots_.find(id.index);
  if (slot == nullptr) {
    message.append(" was never given out");
  } else {
    const std::uint64_t word = slot->word.load(std::memory_order_acquire);
    if (Slot::lives(word, id.generation)) {
      message.append(" names an object of type ");
      message.append(slots_.record(id.index).type.load(std::memory_order_acquire)->name);
    } else if (Slot::generation_of(word) == id.generation || (word & Slot::kVacant) != 0) {
      message.append(": its object was freed");
    } else {
      message.append(": its object was freed, and its slot has had ");
      message.append(Slot::generation_of(word) - id.generation).append(" since");
    }
  }
  ledger_.report(Code::FA401, message, TagId::Untagged, 0, 0);
}

}  // namespace framealloc
