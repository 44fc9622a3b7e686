// SPDX-License-Identifier: MIT OR Apache-2.0
#include "allocator/allocator_state.hpp"

#include <cstddef>
#include <new>

namespace framealloc::gpu::detail {

AllocatorState::AllocatorState(const SmartAlloc& host_, GpuBackend& backend_,
                               const GpuConfig& config_) noexcept
    : GpuCore(host_, backend_, config_), timeline(*this), rings(*this), view(*this) {
  transient = &rings;
  completion = &timeline;
  destroy = &AllocatorState::end_of;
}

GpuCore* AllocatorState::make(const SmartAlloc& host_, GpuBackend& backend_,
                              const GpuConfig& config_) noexcept {
  void* const block = host_.bookkeeping_alloc(sizeof(AllocatorState));
  if (block == nullptr) return nullptr;
  auto* const state = ::new (block) AllocatorState(host_, backend_, config_);
  state->records = RecordPool::make(host_, *state);
  if (state->records == nullptr) {
    state->~AllocatorState();
    host_.bookkeeping_free(state, sizeof(AllocatorState));
    return nullptr;
  }
  TagAccounts::Locks locks{};
  for (RecordShard& shard : state->records->shards()) locks[shard.lane] = &shard.lock;
  state->tags.use(locks);
  static_cast<void>(state->host.add_device(state->view));
  return state;
}

void AllocatorState::end_of(GpuCore& core) noexcept {
  AllocatorState& state = of(core);
  static_cast<void>(core.completion->wait_idle());  // of a lost device nothing is used either
  state.timeline.shut_down();
  static_cast<void>(core.host.remove_device(state.view));
  HeapBytes freed{};
  core.retired.reclaim(RetireQueue::kEverything, freed);
  state.report_leaks();
  state.leave_buffers();
  state.rings.shut_down();
  core.blocks.shut_down();
  core.records->drop();
  const SmartAlloc host = core.host;  // the state lies in memory of it
  state.~AllocatorState();
  host.bookkeeping_free(&state, sizeof(AllocatorState));
}

void AllocatorState::report_leaks() noexcept {
  for (RecordShard& shard : records->shards()) {
    RecordSlab* slab = nullptr;
    {
      const std::lock_guard<BriefLock> guard(shard.lock);
      slab = shard.slabs;  // slabs stay, and new ones come in front
    }
    for (; slab != nullptr; slab = slab->next) {
      for (BufferRecord& record : slab->records) {
        Text<256> text;
        ReportFacts facts;
        {
          const std::lock_guard<BriefLock> guard(shard.lock);
          if (record.state.load(std::memory_order_acquire) != RecordState::Live ||
              record.transient())
            continue;
          text.append(record.is_resource ? "memory of a resource" : "buffer");
          if (record.name[0] != '\0') text.append(" '").append(record.name_view()).append("'");
          text.append(" of ")
              .append_bytes(record.size)
              .append(", made in frame ")
              .append(record.born_frame);
          facts.requested = record.size;
          facts.tag = record.tag;
          facts.frame = record.born_frame;
          facts.site = record.site;
        }
        text.append(", is still held when its GPU allocator ends");
        report(Code::FA007, text.view(), facts);
      }
    }
  }
}

void AllocatorState::leave_buffers() noexcept {
  HeapBytes freed{};
  BufferRecord* late = records->leave([&](BufferRecord& record) {
    if (record.transient()) return;
    static_cast<void>(count_let_go(record));  // the peak has ended, too
    record.next = nullptr;
    give_back(&record, freed);
  });
  while (late != nullptr) {
    BufferRecord* const record = late;
    late = record->next;
    record->next = nullptr;
    give_back(record, freed);
    records->give_back(record);
  }
}

}  // namespace framealloc::gpu::detail
