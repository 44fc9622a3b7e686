// SPDX-License-Identifier: MIT OR Apache-2.0
// Where the records of buffers lie, and what is let go until the GPU is done with it.
#pragma once

#include "device/brief_lock.hpp"
#include "device/buffer_record.hpp"

#include <framealloc/smart_alloc.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace framealloc::gpu::detail {

class RecordPool;
struct RecordSlab;

// A part of the pool with a lock of its own, used by some of the threads.
struct alignas(128) RecordShard {
  BriefLock lock;
  GpuCore* core = nullptr;  // null once the allocator has ended
  RecordPool* pool = nullptr;
  BufferRecord* free = nullptr;
  BufferRecord* retired = nullptr;  // let go since the last take_retired()
  RecordSlab* slabs = nullptr;
};

// Outlives its allocator for as long as the program holds a buffer: a buffer may end at any time on
// any thread, and finds out under its shard's lock whether there still is an allocator to tell.
// Thread contract: any thread, except where said.
class RecordPool {
 public:
  static constexpr unsigned kShards = 8;
  // Result: null without bookkeeping memory.
  [[nodiscard]] static RecordPool* make(const SmartAlloc& host, GpuCore& core) noexcept;

  // Result: a record in state Free that is the caller's; null without bookkeeping memory.
  [[nodiscard]] BufferRecord* take() noexcept;
  // Effect: the record may be taken again. Its fields are as in a new one.
  void give_back(BufferRecord* record) noexcept;
  // Result: all that was put on the shards' retired lists since the last call.
  [[nodiscard]] BufferRecord* take_retired() noexcept;
  // Effect: visit(record) for every record that is not free, under its shard's lock.
  template <class F>
  void visit(F&& visit) noexcept;
  // Effect: the shards forget their core; records that are live belong to their holders alone.
  // The pool ends with the last of them. Nothing else is called by the core afterwards.
  void leave() noexcept;
  // Effect: one user more, who must drop(): for what asks for the core later, and may outlive it.
  void join() noexcept { users_.fetch_add(1, std::memory_order_relaxed); }
  // Effect: one user less; the pool ends with the last. Requirement: no lock is held.
  void drop() noexcept;
  // Result: the core with a share that is the caller's to give back; null when it has ended.
  [[nodiscard]] static GpuCore* share_core(RecordShard& shard) noexcept;
  [[nodiscard]] GpuCore* share_core() noexcept { return share_core(shards_[0]); }
  // Effect: a record whose allocator has ended goes. The pool may end. Requirement: no lock held.
  static void abandon(BufferRecord* record) noexcept;

 private:
  explicit RecordPool(const SmartAlloc& host) noexcept : host_(host) {}
  ~RecordPool();
  [[nodiscard]] RecordShard& own_shard() noexcept;
  [[nodiscard]] bool grow(RecordShard& shard) noexcept;

  SmartAlloc host_;
  std::atomic<std::size_t> users_{1};  // records that are out, and the core
  std::array<RecordShard, kShards> shards_;
};

struct RecordSlab {
  static constexpr std::size_t kRecords = 62;
  RecordSlab* next = nullptr;
  std::array<BufferRecord, kRecords> records;
};

template <class F>
void RecordPool::visit(F&& visit) noexcept {
  for (RecordShard& shard : shards_) {
    const std::lock_guard<BriefLock> guard(shard.lock);
    for (RecordSlab* slab = shard.slabs; slab != nullptr; slab = slab->next)
      for (BufferRecord& record : slab->records)
        if (record.state.load(std::memory_order_acquire) != RecordState::Free) visit(record);
  }
}

}  // namespace framealloc::gpu::detail
