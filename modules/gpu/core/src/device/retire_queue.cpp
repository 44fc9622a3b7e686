// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device/retire_queue.hpp"

#include "device/gpu_core.hpp"

#include <utility>

namespace framealloc::gpu::detail {

namespace {

// A few dozen at a time: one lock for their places, one for their records, and neither for long.
constexpr std::size_t kAtOnce = 64;

}  // namespace

void RetireQueue::take_fresh(bool own) noexcept {
  BufferRecord* fresh = core_.records->take_retired(own);
  while (fresh != nullptr) {
    BufferRecord* const record = fresh;
    fresh = record->next;
    record->next = waiting_;
    waiting_ = record;
  }
}

template <class F>
void RetireQueue::reclaim_if(F&& is_over, HeapBytes& freed) noexcept {
  for (BufferRecord** link = &waiting_; *link != nullptr;) {
    BufferRecord* over = nullptr;
    BufferRecord** end = &over;
    std::uint64_t count = 0;
    while (*link != nullptr && count < kAtOnce) {
      BufferRecord* const record = *link;
      if (!is_over(*record)) {
        link = &record->next;
        continue;
      }
      *link = record->next;
      record->next = nullptr;
      *end = record;
      end = &record->next;
      ++count;
    }
    core_.give_back(over, freed);
    note_reclaimed(count);
    core_.records->give_back_reclaimed(over);
  }
}

void RetireQueue::reclaim(std::uint64_t completed, HeapBytes& freed) noexcept {
  const std::lock_guard<std::mutex> guard(mutex_);
  static_cast<void>(take_back_due());
  take_fresh(true);
  reclaim_waiting(completed, freed);
}

void RetireQueue::reclaim_for_frame(std::uint64_t completed, HeapBytes& freed) noexcept {
  const std::lock_guard<std::mutex> guard(mutex_);
  take_fresh(false);
  reclaim_waiting(completed, freed);
  unsigned used = 0;
  for (RecordShard& shard : core_.records->shards()) {
    take_back_due(shard);  // what was left of the last time
    const std::lock_guard<BriefLock> lane(shard.lock);
    shard.own.call_due(completed);
    if (shard.used) ++used;
  }
  for (RecordShard& shard : core_.records->shards()) {
    bool left = false;
    {
      const std::lock_guard<BriefLock> lane(shard.lock);
      left = std::exchange(shard.used, false) && used > 1;
    }
    if (!left) take_back_due(shard);
  }
}

bool RetireQueue::take_back_due() noexcept {
  bool any = false;
  for (RecordShard& shard : core_.records->shards()) {
    if (shard.own.due_size() == 0) continue;
    any = true;
    take_back_due(shard);
  }
  return any;
}

void RetireQueue::take_back_due(RecordShard& shard) noexcept {
  if (shard.own.due_size() == 0) return;
  // A thread that looks for room waits for one that is giving it back.
  const std::lock_guard<BriefLock> guard(shard.taking);
  for (;;) {
    std::size_t left = kAtOnce;
    BufferRecord* list = nullptr;
    {
      const std::lock_guard<BriefLock> lane(shard.lock);
      list = shard.own.take_due(left);
    }
    if (list == nullptr) return;
    HeapBytes none{};  // these lie in blocks
    core_.give_back(list, none);
    note_reclaimed(kAtOnce - left);
    core_.records->give_back_due(list);
  }
}

// Effect: what waits here and is complete is taken back.
void RetireQueue::reclaim_waiting(std::uint64_t completed, HeapBytes& freed) noexcept {
  const auto is_over = [completed](const BufferRecord& record) {
    if (completed == kEverything) return true;
    // The pins first: a batch that is submitted notes its serial before it lets go.
    if (record.pins.load(std::memory_order_acquire) != 0) return false;
    // A batch may have been submitted long after the buffer was let go.
    return record.retire_serial <= completed &&
           record.read_serial.load(std::memory_order_relaxed) <= completed &&
           record.write_serial.load(std::memory_order_relaxed) <= completed;
  };
  reclaim_if(is_over, freed);
}

std::uint32_t RetireQueue::begin_wait(std::uint64_t last) noexcept {
  const std::lock_guard<std::mutex> guard(mutex_);
  static_cast<void>(take_back_due());
  take_fresh(true);
  ++waits_;
  for (BufferRecord* record = waiting_; record != nullptr; record = record->next) {
    const bool pinned = record->pins.load(std::memory_order_acquire) != 0;
    const bool moved =
        record->spare && core_.frame_open() && record->retire_serial == end_serial(core_.frame());
    if (record->let_go_before_wait == 0 && record->retire_serial <= last && !pinned && !moved)
      record->let_go_before_wait = waits_;
  }
  return waits_;
}

void RetireQueue::reclaim_waited(std::uint32_t round, HeapBytes& freed) noexcept {
  const std::lock_guard<std::mutex> guard(mutex_);
  const auto is_over = [round](const BufferRecord& record) {
    return record.let_go_before_wait != 0 && record.let_go_before_wait <= round;
  };
  reclaim_if(is_over, freed);
}

namespace {

// Result: whether the record waits for the end of its frame alone, which is known by then. What has
// memory of its own is not among them: that goes back to the device as soon as the frame is over.
[[nodiscard]] bool suits_its_lane(const BufferRecord& record) noexcept {
  return record.placement.block != nullptr && !record.is_resource &&
         record.pins.load(std::memory_order_acquire) == 0 &&
         record.read_serial.load(std::memory_order_relaxed) <= record.retire_serial &&
         record.write_serial.load(std::memory_order_relaxed) <= record.retire_serial;
}

}  // namespace

void retire(BufferRecord& record) noexcept {
  RecordShard& shard = *record.shard;
  GpuCore* told = nullptr;       // with a share, where somebody waits for the event
  GpuCore* unsettled = nullptr;  // with a share
  TagAccounts::Told counted;
  Text<32> name;
  FrameEvent event;
  TagId tag = TagId::Untagged;
  {
    const std::lock_guard<BriefLock> guard(shard.lock);
    GpuCore* const core = shard.core.load(std::memory_order_relaxed);
    if (core != nullptr) [[likely]] {
      if (core->host.emits(FrameEventKind::GpuFree) && core->try_share()) [[unlikely]] {
        told = core;
        name = Text<32>(record.name_view());
        event.kind = FrameEventKind::GpuFree;
        event.id = record.id;
        event.size = record.size;
        tag = record.tag;
      }
      if (record.transient()) {
        record.retire_serial = 0;
      } else {
        counted = core->count_let_go(record);
        if (!counted && core->try_share()) [[unlikely]] {
          unsettled = core;
          tag = record.tag;
        }
        record.retire_serial =
            record.evicting.load(std::memory_order_relaxed) ? 0 : end_serial(core->epoch());
      }
      if (record.staged) RecordPool::unstage(shard, record);
      record.state.store(RecordState::Retired, std::memory_order_relaxed);
      if (record.retire_serial != 0 && suits_its_lane(record)) {
        shard.own.add(record);
      } else {
        record.next = shard.retired;
        shard.retired = &record;
      }
      if (told == nullptr && unsettled == nullptr) [[likely]]
        return;
    }
  }
  if (unsettled != nullptr) {
    unsettled->tags.settle_release(tag, shard.lane, counted);
    unsettled->let_go();
    if (told == nullptr) return;
  }
  if (told == nullptr) return RecordPool::abandon(&record);
  event.name = name.view();
  event.frame_number = told->frame();
  told->host.emit(event, tag);
  told->let_go();
}

}  // namespace framealloc::gpu::detail
