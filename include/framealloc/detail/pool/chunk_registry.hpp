// SPDX-License-Identifier: MIT OR Apache-2.0
// The chunks and runs of an allocator: distinguishes foreign pointers from its own.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace framealloc::detail {

// What lies at a registered address.
enum class RegionKind : std::uint8_t { SlabChunk, SpanChunk, Run };

// Part of the descriptor of a chunk or a run.
struct Region {
  std::uintptr_t address = 0;  // a multiple of the chunk size
  RegionKind kind = RegionKind::SlabChunk;
  Region* next = nullptr;  // the registry's
};

// A hash set in fixed storage with one lock per group of buckets, so threads that free blocks of
// different chunks seldom contend. Thread contract: any thread.
class ChunkRegistry {
 public:
  ChunkRegistry() noexcept;
  ChunkRegistry(const ChunkRegistry&) = delete;
  ChunkRegistry& operator=(const ChunkRegistry&) = delete;

  // Requirement: the region stays where it is until erase().
  void insert(Region& region) noexcept;
  void erase(Region& region) noexcept;
  // Result: the region that begins at exactly this address, or null. It stays valid for as long as
  // one of its blocks is in use.
  [[nodiscard]] Region* find(std::uintptr_t address) noexcept;
  // Result: what begins there; empty for nothing. Reads no region after it may have gone, and takes
  // no lock for most addresses of regions. Requirement: a multiple of the chunk size.
  [[nodiscard]] std::optional<RegionKind> kind_at(std::uintptr_t address) noexcept {
    const std::uintptr_t known = known_[place_of(address)].load(std::memory_order_acquire);
    // Unsigned, so that any other address is too far away.
    if (known - address < kKinds) [[likely]]
      return static_cast<RegionKind>(known - address);
    return search(address);
  }
  // Result: true when a region of that kind begins there; false means nothing. A shorter kind_at()
  // for callers that expect one kind and have a slow path. Requirement: a multiple of the chunk
  // size.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool is_known_as(std::uintptr_t address,
                                                          RegionKind kind) const noexcept {
    const std::uintptr_t known = known_[place_of(address)].load(std::memory_order_acquire);
    return known == address + static_cast<std::uintptr_t>(kind);
  }

 private:
  static constexpr int kBucketBits = 10;
  static constexpr int kPlaceBits = 8;  // the buckets of a place lie side by side, under one lock
  static constexpr std::size_t kBuckets = std::size_t{1} << kBucketBits;
  static constexpr std::size_t kPlaces = std::size_t{1} << kPlaceBits;
  static constexpr std::size_t kLocks = 16;
  static constexpr std::uintptr_t kKinds = 3;
  // What a place knows while it knows nothing. No address plus a kind is this.
  static constexpr std::uintptr_t kNothing = UINTPTR_MAX;
  // Fibonacci hashing: the top bits of a product depend on all bits of the chunk's number. They do so
  // for its address too, whose lower bits are 0.
  [[nodiscard]] static std::uint64_t hash(std::uintptr_t address) noexcept {
    return std::uint64_t{address} * 0x9e3779b97f4a7c15U;
  }
  [[nodiscard]] static std::uint64_t place_of(std::uintptr_t address) noexcept {
    return hash(address) >> (64 - kPlaceBits);
  }
  [[nodiscard]] Region*& bucket_of(std::uintptr_t address) noexcept {
    return buckets_[hash(address) >> (64 - kBucketBits)];
  }
  [[nodiscard]] SpinLock& lock_of(std::uintptr_t address) noexcept {
    return locks_[place_of(address) % kLocks];
  }
  [[nodiscard]] std::optional<RegionKind> search(std::uintptr_t address) noexcept;
  [[nodiscard]] static std::uintptr_t known_as(const Region& region) noexcept {
    return region.address + static_cast<std::uintptr_t>(region.kind);
  }

  SpinLock locks_[kLocks];
  Region* buckets_[kBuckets] = {};
  // The latest region of each place, address and kind in one word, so it can be read without a
  // lock. A lookup of a block in use finds its region or a later one; once a region is gone, its
  // address is not found before new memory can be there.
  std::atomic<std::uintptr_t> known_[kPlaces];
};

}  // namespace framealloc::detail
