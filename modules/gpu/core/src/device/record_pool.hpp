// SPDX-License-Identifier: MIT OR Apache-2.0
// Where the records of buffers lie, and what is let go until the GPU is done with it.
#pragma once

#include "device/brief_lock.hpp"
#include "device/buffer_record.hpp"
#include "device/lane_retired.hpp"
#include "device/thread_lane.hpp"

#include <framealloc/smart_alloc.hpp>
#include <framealloc/text.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

namespace framealloc::gpu::detail {

class RecordPool;
struct RecordSlab;

// Persistent memory of one type that a shard's records stand for: bytes as asked for. Written under
// the shard's lock, read without, so that no buffer pays for an atomic sum.
class TypeBytes {
 public:
  void take(std::size_t bytes) noexcept {
    add(allocated_, bytes);
    add(count_, 1);
  }
  // Effect: the program has let it go.
  void retire(std::size_t bytes) noexcept {
    add(allocated_, std::size_t{0} - bytes);
    add(retired_, bytes);
    add(count_, std::size_t{0} - 1);
  }
  // Effect: let go, of what was never counted as taken.
  void retire_more(std::size_t bytes) noexcept { add(retired_, bytes); }
  // Effect: the GPU has let it go too.
  void reclaim(std::size_t bytes) noexcept { add(retired_, std::size_t{0} - bytes); }

  [[nodiscard]] std::size_t allocated() const noexcept {
    return allocated_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t retired() const noexcept {
    return retired_.load(std::memory_order_relaxed);
  }
  [[nodiscard]] std::size_t count() const noexcept {
    return count_.load(std::memory_order_relaxed);
  }

 private:
  static void add(std::atomic<std::size_t>& sum, std::size_t bytes) noexcept {
    sum.store(sum.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
  }
  std::atomic<std::size_t> allocated_{0}, retired_{0}, count_{0};
};

// A part of the pool with a lock of its own, used by the threads of a lane.
struct alignas(128) RecordShard {
  BriefLock lock;                       // of the lane's tag accounts, too
  BriefLock taking;                     // held while what is due is taken back; before `lock`
  unsigned lane = 0;                    // never changes
  std::atomic<GpuCore*> core{nullptr};  // null once the allocator has ended; set under the lock
  RecordPool* pool = nullptr;
  BufferRecord* free = nullptr;
  BufferRecord* retired = nullptr;  // let go since the last take_retired(), for the retire queue
  LaneRetired own;                  // the same, for the lane's own threads
  bool used = false;                // by them since the last call_due()
  BufferRecord* staged = nullptr;   // staging memory of frames, for FA411: see GpuCore::end_frame()
  RecordSlab* slabs = nullptr;
  std::uint64_t next = 0;  // id of a record, in steps of the shards there are
  std::array<TypeBytes, kMaxTypes> bytes;
  // Result: never another record's of the pool; not 0. Requirement: the lock is held.
  [[nodiscard]] std::uint64_t next_id() noexcept;
};

// Result: whether there is a record, and still an allocator behind it.
[[nodiscard]] inline bool alive(const BufferRecord* record) noexcept {
  return record != nullptr && record->shard->core.load(std::memory_order_acquire) != nullptr;
}

// Outlives its allocator for as long as the program holds a buffer: a buffer may end at any time on
// any thread, and finds out under its shard's lock whether there still is an allocator to tell.
// Thread contract: any thread, except where said.
class RecordPool {
 public:
  static constexpr unsigned kShards = kLanes;
  // Result: null without bookkeeping memory.
  [[nodiscard]] static RecordPool* make(const SmartAlloc& host, GpuCore& core) noexcept;

  // Result: a record in state Free, with an id, that is the caller's; null without bookkeeping
  // memory.
  [[nodiscard]] BufferRecord* take() noexcept { return take(0, 0); }
  // The same, for so many bytes of a type, which count as allocated from now on.
  [[nodiscard]] BufferRecord* take(unsigned type, std::size_t bytes) noexcept;
  // Effect: the record may be taken again. Its fields are as in a new one.
  void give_back(BufferRecord* record) noexcept;
  // The same, where it was taken for bytes that do not count any more.
  void give_back(BufferRecord* record, unsigned type, std::size_t bytes) noexcept;
  // The same with a list of records whose memory the GPU has let go.
  void give_back_reclaimed(BufferRecord* first) noexcept { give_back_all(first, false); }
  // The same, where LaneRetired::take_due() gave the list.
  void give_back_due(BufferRecord* first) noexcept { give_back_all(first, true); }
  // Result: bytes that count as retired still, and are due to be taken back.
  struct Due {
    std::size_t size = 0, held = 0;
  };
  [[nodiscard]] Due due() const noexcept;
  // Result: sums over the shards.
  struct Figures {
    std::size_t allocated = 0, retired = 0, count = 0;
  };
  [[nodiscard]] Figures figures(unsigned type) const noexcept;
  // Result: all that was put on the shards' retired lists since the last call, and with `own` what
  // their own threads would take back and is not due.
  [[nodiscard]] BufferRecord* take_retired(bool own) noexcept;
  // Effect: visit(record) for every record that is not free, under its shard's lock.
  template <class F>
  void visit(F&& visit) noexcept;
  // Effect: the shards forget their core, each in one section with orphan(record) for each record
  // that is live: from then on those belong to their holders alone. The pool ends with the last of
  // them. The core calls nothing else afterward but drop(). Result: what was let go at the last
  // moment.
  template <class F>
  [[nodiscard]] BufferRecord* leave(F&& orphan) noexcept;
  // Effect: one user more, who must drop(): for what asks for the core later, and may outlive it.
  void join() noexcept { users_.fetch_add(1, std::memory_order_relaxed); }
  // Effect: one user less; the pool ends with the last. Requirement: no lock is held.
  void drop() noexcept;
  // Result: the core with a share that is the caller's to give back; null when it has ended.
  [[nodiscard]] static GpuCore* share_core(RecordShard& shard) noexcept;
  [[nodiscard]] GpuCore* share_core() noexcept { return share_core(shards_[0]); }
  // Effect: a record whose allocator has ended goes. The pool may end. Requirement: no lock held.
  static void abandon(BufferRecord* record) noexcept;
  // Result: some staging memory of frames up to `frame` that lives and that no transfer has used;
  // `facts` is a copy of what a report says of it. It is not shown again.
  struct StagedFacts {
    Text<32> name;
    std::size_t size = 0;
    TagId tag = TagId::Untagged;
    CallSite site;
    std::uint64_t frame = 0;
  };
  [[nodiscard]] bool pop_forgotten(std::uint64_t frame, StagedFacts& facts) noexcept;
  // Effect: the record is looked at by pop_forgotten(). Requirement: it is live.
  void stage(BufferRecord& record) noexcept;
  // Requirement: the shard's lock is held.
  static void unstage(RecordShard& shard, BufferRecord& record) noexcept;
  [[nodiscard]] std::array<RecordShard, kShards>& shards() noexcept { return shards_; }
  [[nodiscard]] RecordShard& own_shard() noexcept { return shards_[thread_lane()]; }

 private:
  explicit RecordPool(const SmartAlloc& host) noexcept : host_(host) {}
  ~RecordPool();
  void give_back_all(BufferRecord* first, bool due) noexcept;
  [[nodiscard]] bool grow(RecordShard& shard) noexcept;
  // Requirement: the shard's lock is held.
  static void put_back(RecordShard& shard, BufferRecord& record) noexcept;

  SmartAlloc host_;
  std::atomic<std::size_t> users_{1};  // the core, links to it, and records that it has left
  std::array<RecordShard, kShards> shards_;
};

inline std::uint64_t RecordShard::next_id() noexcept {
  return std::exchange(next, next + RecordPool::kShards);
}

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

template <class F>
BufferRecord* RecordPool::leave(F&& orphan) noexcept {
  BufferRecord* last_moment = nullptr;
  for (RecordShard& shard : shards_) {
    const std::lock_guard<BriefLock> guard(shard.lock);
    shard.core.store(nullptr, std::memory_order_relaxed);
    for (BufferRecord* list : {std::exchange(shard.retired, nullptr), shard.own.take_waiting()}) {
      while (list != nullptr) {
        BufferRecord* const record = std::exchange(list, list->next);
        record->next = last_moment;
        last_moment = record;
      }
    }
    for (RecordSlab* slab = shard.slabs; slab != nullptr; slab = slab->next) {
      for (BufferRecord& record : slab->records) {
        if (record.state.load(std::memory_order_relaxed) != RecordState::Live) continue;
        users_.fetch_add(1, std::memory_order_relaxed);
        orphan(record);
      }
    }
  }
  return last_moment;
}

}  // namespace framealloc::gpu::detail
