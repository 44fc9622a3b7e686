// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/chunk_registry.hpp>

#include <mutex>

namespace framealloc::detail {

ChunkRegistry::ChunkRegistry() noexcept {
  for (std::atomic<std::uintptr_t>& known : known_) {
    known.store(kNothing, std::memory_order_relaxed);
  }
}

void ChunkRegistry::insert(Region& region) noexcept {
  const std::lock_guard guard(lock_of(region.address));
  Region*& bucket = bucket_of(region.address);
  region.next = bucket;
  bucket = &region;
  known_[place_of(region.address)].store(known_as(region), std::memory_order_release);
}

void ChunkRegistry::erase(Region& region) noexcept {
  const std::lock_guard guard(lock_of(region.address));
  std::atomic<std::uintptr_t>& known = known_[place_of(region.address)];
  if (known.load(std::memory_order_relaxed) == known_as(region)) {
    known.store(kNothing, std::memory_order_release);
  }
  for (Region** link = &bucket_of(region.address); *link != nullptr; link = &(*link)->next) {
    if (*link != &region) continue;
    *link = region.next;
    return;
  }
}

Region* ChunkRegistry::find(std::uintptr_t address) noexcept {
  const std::lock_guard guard(lock_of(address));
  for (Region* region = bucket_of(address); region != nullptr; region = region->next) {
    if (region->address == address) return region;
  }
  return nullptr;
}

std::optional<RegionKind> ChunkRegistry::search(std::uintptr_t address) noexcept {
  const std::lock_guard guard(lock_of(address));
  for (const Region* region = bucket_of(address); region != nullptr; region = region->next) {
    if (region->address == address) return region->kind;
  }
  return std::nullopt;
}

}  // namespace framealloc::detail
