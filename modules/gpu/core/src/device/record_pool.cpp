// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/record_pool.hpp"

#include "device/gpu_core.hpp"

#include <framealloc/compiler.hpp>

#include <cstddef>
#include <new>

namespace framealloc::gpu::detail {

namespace {

// Effect: the record is in the caches when the next buffer is made. It has lain for the frames in flight.
void fetch_record(BufferRecord* record) noexcept {
  if (record == nullptr) return;
  auto* const bytes = reinterpret_cast<std::byte*>(record);
  for (std::size_t line = 0; line < sizeof(BufferRecord); line += 64)
    framealloc::detail::fetch_for_writing(bytes + line);
}

}  // namespace

RecordPool* RecordPool::make(const SmartAlloc& host, GpuCore& core) noexcept {
  void* const block = host.bookkeeping_alloc(sizeof(RecordPool));
  if (block == nullptr) return nullptr;
  auto* const pool = ::new (block) RecordPool(host);
  std::uint64_t first_id = 0;
  for (RecordShard& shard : pool->shards_) {
    shard.core.store(&core, std::memory_order_relaxed);
    shard.pool = pool;
    shard.lane = static_cast<unsigned>(first_id);
    shard.next = ++first_id;
  }
  return pool;
}

RecordPool::~RecordPool() {
  for (RecordShard& shard : shards_) {
    while (shard.slabs != nullptr) {
      RecordSlab* const slab = shard.slabs;
      shard.slabs = slab->next;
      slab->~RecordSlab();
      host_.bookkeeping_free(slab, sizeof(RecordSlab));
    }
  }
}

void RecordPool::drop() noexcept {
  if (users_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const SmartAlloc host = host_;  // the pool lies in memory of it
  this->~RecordPool();
  host.bookkeeping_free(this, sizeof(RecordPool));
}

bool RecordPool::grow(RecordShard& shard) noexcept {
  void* const block = host_.bookkeeping_alloc(sizeof(RecordSlab));
  if (block == nullptr) return false;
  auto* const slab = ::new (block) RecordSlab;
  const std::lock_guard<BriefLock> guard(shard.lock);
  slab->next = shard.slabs;
  shard.slabs = slab;
  for (BufferRecord& record : slab->records) {
    record.shard = &shard;
    record.next = shard.free;
    shard.free = &record;
  }
  return true;
}

BufferRecord* RecordPool::take(unsigned type, std::size_t bytes) noexcept {
  RecordShard& shard = own_shard();
  for (;;) {
    {
      const std::lock_guard<BriefLock> guard(shard.lock);
      BufferRecord* const record = shard.free;
      if (record != nullptr) [[likely]] {
        shard.free = record->next;
        fetch_record(shard.free);
        record->id = shard.next_id();
        shard.used = true;
        if (bytes != 0) shard.bytes[type].take(bytes);
        return record;
      }
    }
    if (!grow(shard)) return nullptr;
  }
}

void RecordPool::give_back(BufferRecord* record) noexcept {
  RecordShard& shard = *record->shard;
  const std::lock_guard<BriefLock> guard(shard.lock);
  put_back(shard, *record);
}

void RecordPool::give_back(BufferRecord* record, unsigned type, std::size_t bytes) noexcept {
  RecordShard& shard = *record->shard;
  const std::lock_guard<BriefLock> guard(shard.lock);
  shard.bytes[type].retire(bytes);
  shard.bytes[type].reclaim(bytes);
  put_back(shard, *record);
}

void RecordPool::put_back(RecordShard& shard, BufferRecord& record) noexcept {
  if (record.staged) unstage(shard, record);
  record.let_go_before_wait = 0;
  record.spare = false;
  record.state.store(RecordState::Free, std::memory_order_relaxed);
  record.next = shard.free;
  shard.free = &record;
}

void RecordPool::give_back_all(BufferRecord* first, bool due) noexcept {
  while (first != nullptr) {
    RecordShard& shard = *first->shard;
    const std::lock_guard<BriefLock> guard(shard.lock);
    std::size_t size = 0, held = 0;
    do {
      BufferRecord& record = *first;
      first = record.next;
      if (!record.transient()) shard.bytes[record.placement.type].reclaim(record.size);
      size += record.size;
      held += record.placement.held;
      put_back(shard, record);
    } while (first != nullptr && first->shard == &shard);
    if (due) shard.own.taken_back(size, held);
  }
}

RecordPool::Figures RecordPool::figures(unsigned type) const noexcept {
  Figures figures;
  for (const RecordShard& shard : shards_) {
    const TypeBytes& bytes = shard.bytes[type];
    figures.allocated += bytes.allocated();
    figures.retired += bytes.retired();
    figures.count += bytes.count();
  }
  return figures;
}

RecordPool::Due RecordPool::due() const noexcept {
  Due due;
  for (const RecordShard& shard : shards_) {
    due.size += shard.own.due_size();
    due.held += shard.own.due_held();
  }
  return due;
}

BufferRecord* RecordPool::take_retired(bool own) noexcept {
  BufferRecord* all = nullptr;
  for (RecordShard& shard : shards_) {
    std::array<BufferRecord*, 2> lists{};
    {
      const std::lock_guard<BriefLock> guard(shard.lock);
      lists[0] = std::exchange(shard.retired, nullptr);
      if (own) lists[1] = shard.own.take_waiting();
    }
    for (BufferRecord* list : lists) {
      while (list != nullptr) {
        BufferRecord* const record = std::exchange(list, list->next);
        record->next = all;
        all = record;
      }
    }
  }
  return all;
}

GpuCore* RecordPool::share_core(RecordShard& shard) noexcept {
  const std::lock_guard<BriefLock> guard(shard.lock);
  GpuCore* const core = shard.core.load(std::memory_order_relaxed);
  return core != nullptr && core->try_share() ? core : nullptr;
}

void RecordPool::abandon(BufferRecord* record) noexcept {
  RecordPool* const pool = record->shard->pool;
  pool->give_back(record);
  pool->drop();
}

void RecordPool::stage(BufferRecord& record) noexcept {
  RecordShard& shard = *record.shard;
  const std::lock_guard<BriefLock> guard(shard.lock);
  record.staged = true;
  record.staged_prev = nullptr;
  record.staged_next = shard.staged;
  if (shard.staged != nullptr) shard.staged->staged_prev = &record;
  shard.staged = &record;
}

void RecordPool::unstage(RecordShard& shard, BufferRecord& record) noexcept {
  record.staged = false;
  if (record.staged_next != nullptr) record.staged_next->staged_prev = record.staged_prev;
  (record.staged_prev != nullptr ? record.staged_prev->staged_next : shard.staged) =
      record.staged_next;
}

bool RecordPool::pop_forgotten(std::uint64_t frame, StagedFacts& facts) noexcept {
  for (RecordShard& shard : shards_) {
    const std::lock_guard<BriefLock> guard(shard.lock);
    BufferRecord* next = nullptr;
    for (BufferRecord* record = shard.staged; record != nullptr; record = next) {
      next = record->staged_next;
      if (record->last_frame > frame) continue;
      unstage(shard, *record);
      if (record->used_by_transfer.load(std::memory_order_relaxed)) continue;
      facts.name = Text<32>(record->name_view());
      facts.size = record->size;
      facts.tag = record->tag;
      facts.site = record->site;
      facts.frame = record->born_frame;
      return true;
    }
  }
  return false;
}

}  // namespace framealloc::gpu::detail
