// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/heap/handle_cache.hpp>

namespace framealloc::detail {

HandleCache::HandleCache(std::uintptr_t owner) noexcept : owner_(owner) {}

HandleCaches::HandleCaches(MetadataAllocator& metadata) noexcept : metadata_(metadata) {}

HandleCaches::~HandleCaches() {
  while (HandleCache* const cache = newest_.load(std::memory_order_relaxed)) {
    newest_.store(cache->next_, std::memory_order_relaxed);
    metadata_.destroy(cache);
  }
}

HandleCache* HandleCaches::make() noexcept {
  os::ThreadRecord& record = os::own_record();
  if (&record == &os::record_of_nobody) return nullptr;
  const auto word = reinterpret_cast<std::uintptr_t>(&record);
  AtomicPointer<HandleCache>& place = places_[place_of(word)];
  HandleCache* taken = place.load(std::memory_order_acquire);
  if (taken != nullptr) return taken->owner() == word ? taken : nullptr;
  auto* const cache = metadata_.create<HandleCache>(word);
  if (cache == nullptr) return nullptr;
  if (!place.compare_exchange_strong(taken, cache, std::memory_order_release,
                                     std::memory_order_relaxed)) {
    metadata_.destroy(cache);
    return nullptr;
  }
  cache->next_ = newest_.load(std::memory_order_relaxed);
  while (!newest_.compare_exchange_weak(cache->next_, cache, std::memory_order_release,
                                        std::memory_order_relaxed)) {
  }
  return cache;
}

void HandleCaches::tell_counts(SharedLedger& ledger) const noexcept {
  // Frees first: what they freed was allocated before, so the second look sees those allocations.
  for_each_entry([&ledger](HandleCache&, HandleCache::Entry& entry) {
    const std::uint64_t blocks = entry.frees.get() - entry.told_frees;
    if (blocks == 0) return;
    entry.told_frees += blocks;
    ledger.note_out(tag_of_key(entry.key.load(std::memory_order_relaxed)),
                    HandleCache::bytes_of(entry), blocks);
  });
  for_each_entry([&ledger](HandleCache&, HandleCache::Entry& entry) {
    const std::uint64_t blocks = entry.allocations.get() - entry.told_allocations;
    if (blocks == 0) return;
    entry.told_allocations += blocks;
    ledger.note_in(tag_of_key(entry.key.load(std::memory_order_relaxed)),
                   HandleCache::bytes_of(entry), blocks);
  });
}

}  // namespace framealloc::detail
