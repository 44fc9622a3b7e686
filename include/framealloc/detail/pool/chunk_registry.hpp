// SPDX-License-Identifier: MIT OR Apache-2.0
// Which chunks and runs belong to an allocator: what tells a foreign pointer from one of its own.
#pragma once

#include <framealloc/detail/sync/spin_lock.hpp>

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

// A hash set in fixed storage with one lock per group of buckets, so that threads that free blocks
// of different chunks seldom meet. Thread contract: any thread.
class ChunkRegistry {
 public:
  // Requirement: `chunk_size` a power of two.
  explicit ChunkRegistry(std::size_t chunk_size) noexcept;
  ChunkRegistry(const ChunkRegistry&) = delete;
  ChunkRegistry& operator=(const ChunkRegistry&) = delete;

  // Requirement: the region stays where it is until erase().
  void insert(Region& region) noexcept;
  void erase(Region& region) noexcept;
  // Result: the region that begins at exactly this address, or null. It stays valid for as long as
  // one of its blocks is in use.
  [[nodiscard]] Region* find(std::uintptr_t address) noexcept;
  // Result: what begins there; empty for nothing. Reads no region after it may have gone.
  [[nodiscard]] std::optional<RegionKind> kind_at(std::uintptr_t address) noexcept;

 private:
  static constexpr std::size_t kBuckets = 1024;
  static constexpr std::size_t kLocks = 16;
  [[nodiscard]] std::size_t bucket_of(std::uintptr_t address) const noexcept;

  int chunk_shift_;
  SpinLock locks_[kLocks];
  Region* buckets_[kBuckets] = {};
};

}  // namespace framealloc::detail
