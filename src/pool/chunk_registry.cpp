// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/chunk_registry.hpp>

#include <bit>
#include <mutex>

namespace framealloc::detail {

ChunkRegistry::ChunkRegistry(std::size_t chunk_size) noexcept
    : chunk_shift_(std::countr_zero(chunk_size)) {}

std::size_t ChunkRegistry::bucket_of(std::uintptr_t address) const noexcept {
  // Fibonacci hashing: the top bits of a product depend on all bits of the chunk's number.
  const std::uint64_t number = static_cast<std::uint64_t>(address) >> chunk_shift_;
  return static_cast<std::size_t>((number * 0x9e3779b97f4a7c15U) >> 32) % kBuckets;
}

void ChunkRegistry::insert(Region& region) noexcept {
  const std::size_t bucket = bucket_of(region.address);
  const std::lock_guard guard(locks_[bucket % kLocks]);
  region.next = buckets_[bucket];
  buckets_[bucket] = &region;
}

void ChunkRegistry::erase(Region& region) noexcept {
  const std::size_t bucket = bucket_of(region.address);
  const std::lock_guard guard(locks_[bucket % kLocks]);
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

std::optional<RegionKind> ChunkRegistry::kind_at(std::uintptr_t address) noexcept {
  const std::size_t bucket = bucket_of(address);
  const std::lock_guard guard(locks_[bucket % kLocks]);
  for (const Region* region = buckets_[bucket]; region != nullptr; region = region->next) {
    if (region->address == address) return region->kind;
  }
  return std::nullopt;
}

}  // namespace framealloc::detail
