// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/chunk_registry.hpp>

#include <bit>
#include <mutex>

namespace framealloc::detail {

ChunkRegistry::ChunkRegistry(std::size_t chunk_size) noexcept
    : chunk_shift_(std::countr_zero(chunk_size)) {}

void ChunkRegistry::insert(Region& region) noexcept {
  const std::size_t bucket = bucket_of(region.address);
  const std::lock_guard guard(locks_[bucket % kLocks]);
  region.next = buckets_[bucket];
  buckets_[bucket] = &region;
  known_[bucket % kKnown].store(known_as(region), std::memory_order_release);
}

void ChunkRegistry::erase(Region& region) noexcept {
  const std::size_t bucket = bucket_of(region.address);
  const std::lock_guard guard(locks_[bucket % kLocks]);
  std::atomic<std::uintptr_t>& known = known_[bucket % kKnown];
  if (known.load(std::memory_order_relaxed) == known_as(region)) {
    known.store(0, std::memory_order_release);
  }
  for (Region** link = &buckets_[bucket]; *link != nullptr; link = &(*link)->next) {
    if (*link != &region) continue;
    *link = region.next;
    return;
  }
}

Region* ChunkRegistry::find(std::uintptr_t address) noexcept {
  const std::size_t bucket = bucket_of(address);
  const std::lock_guard guard(locks_[bucket % kLocks]);
  for (Region* region = buckets_[bucket]; region != nullptr; region = region->next) {
    if (region->address == address) return region;
  }
  return nullptr;
}

std::optional<RegionKind> ChunkRegistry::search(std::uintptr_t address,
                                                std::size_t bucket) noexcept {
  const std::lock_guard guard(locks_[bucket % kLocks]);
  for (const Region* region = buckets_[bucket]; region != nullptr; region = region->next) {
    if (region->address == address) return region->kind;
  }
  return std::nullopt;
}

}  // namespace framealloc::detail
