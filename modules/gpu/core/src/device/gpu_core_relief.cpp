// SPDX-License-Identifier: MIT OR Apache-2.0
// What is done before a request is denied.
#include "device/gpu_core.hpp"
#include "device/with_relief.hpp"

#include <numeric>

namespace framealloc::gpu::detail {

namespace {

// Of the allocator whose handler this thread is in, so that it is not told what the handler causes; or
// that is not to ask its handlers.
thread_local const GpuCore* telling = nullptr;

class Telling {
 public:
  explicit Telling(const GpuCore& core) noexcept : outer_(telling) { telling = &core; }
  Telling(const Telling&) = delete;
  Telling& operator=(const Telling&) = delete;
  ~Telling() { telling = outer_; }

 private:
  const GpuCore* outer_;
};

}  // namespace

bool GpuCore::take_memory(const DeviceMemoryRequest& request, DeviceMemory& memory,
                          GpuDenial& denial) noexcept {
  if (!with_relief(request.size, denial, [&] { return gate.allocate(request, memory, denial); }))
    return false;
  emit(FrameEventKind::GpuBlockAllocated, request.size, gate.heap_of(request.type));
  tell_thresholds();
  return true;
}

void GpuCore::give_memory(unsigned type, std::size_t size, const DeviceMemory& memory) noexcept {
  gate.free(type, size, memory);
  emit(FrameEventKind::GpuBlockFreed, size, gate.heap_of(type));
}

bool GpuCore::charge_tag(TagId tag, std::size_t bytes, GpuDenial& denial) noexcept {
  return with_relief(bytes, denial, [&] { return tags.charge(tag, bytes, denial); });
}

std::size_t GpuCore::trim(unsigned heap) noexcept {
  HeapBytes freed{};
  static_cast<void>(retired.take_back_due());
  const std::size_t of_rings =
      transient->trim(heap == kMaxHeaps ? TransientMemory::kAllHeaps : heap);
  blocks.trim(heap, freed);
  emit_freed(freed);
  return std::accumulate(freed.begin(), freed.end(), of_rings);
}

bool GpuCore::give_back_idle(const GpuDenial& denial) noexcept {
  const std::uint64_t frees = gate.device_frees();
  const std::uint64_t before = retired.reclaimed();
  HeapBytes freed{};
  retired.reclaim(completion->completed(), freed);
  emit_freed(freed);
  if (!denial.by_tag) static_cast<void>(trim(denial.by_guard ? kMaxHeaps : denial.heap));
  return gate.device_frees() != frees || retired.reclaimed() != before;
}

bool GpuCore::evict_one(const GpuDenial& denial, std::uint32_t round) noexcept {
  if (eviction_ == nullptr || telling == this) return false;
  const std::uint64_t completed = completion->completed();
  const std::uint64_t now = frame();
  const bool open = frame_open();
  const auto idle = [&](const BufferRecord& record) {
    const std::uint64_t touched = record.touched_frame.load(std::memory_order_relaxed);
    return record.pins.load(std::memory_order_relaxed) == 0 &&
           record.read_serial.load(std::memory_order_relaxed) <= completed &&
           record.write_serial.load(std::memory_order_relaxed) <= completed &&
           (touched == 0 || (end_serial(touched) <= completed && !(open && touched >= now)));
  };
  const auto wanted = [&](const BufferRecord& record) {
    if (!record.evictable || record.asked_round == round || record.transient()) return false;
    if (denial.by_tag) return tags.is_within(record.tag, denial.tag);
    return denial.by_guard || gate.heap_of(record.placement.type) == denial.heap;
  };
  BufferRecord* victim = nullptr;
  std::uint64_t id = 0;
  float priority = 0;
  std::uint64_t touched = 0;
  records->visit([&](BufferRecord& record) {
    if (record.state.load(std::memory_order_relaxed) != RecordState::Live || !wanted(record) ||
        !idle(record))
      return;
    const std::uint64_t last = record.touched_frame.load(std::memory_order_relaxed);
    if (victim != nullptr &&
        (record.priority > priority || (record.priority == priority && last >= touched)))
      return;
    victim = &record;
    id = record.id;
    priority = record.priority;
    touched = last;
  });
  if (victim == nullptr) return false;

  GpuEviction eviction;
  const auto with_victim = [&](auto&& use) {  // if it is there still
    const std::lock_guard<BriefLock> guard(victim->shard->lock);
    if (victim->state.load(std::memory_order_relaxed) == RecordState::Live && victim->id == id)
      use(*victim);
  };
  with_victim([&](BufferRecord& record) {
    record.asked_round = round;
    record.evicting.store(true, std::memory_order_relaxed);
    eviction.raw_handle = record.handle.load(std::memory_order_relaxed);
    eviction.size = record.size;
    eviction.priority = record.priority;
    eviction.last_frame = touched;
    eviction.user_data = record.user_data;
  });
  if (eviction.raw_handle == 0) return true;  // it has just ended: look for the next
  {
    const Telling guard(*this);
    static_cast<void>(eviction_(eviction, eviction_context_));
  }
  with_victim(
      [](BufferRecord& record) { record.evicting.store(false, std::memory_order_relaxed); });
  return true;
}

bool GpuCore::tell_pressure(const GpuPressureEvent& event) noexcept {
  if (pressure_ == nullptr || telling == this) return false;
  const Telling guard(*this);
  pressure_(event, pressure_context_);
  return true;
}

bool GpuCore::allocate_unasked(const GpuAllocRequirements& request, const CallSite& site,
                               GpuBuffer& buffer, GpuDenial& denial) noexcept {
  bool done = false;
  {
    const Telling nobody(*this);
    done = allocate(request, site, buffer, denial);
  }
  if (done) tell_thresholds();
  return done;
}

void GpuCore::tell_thresholds() noexcept {
  if (telling == this) return;  // what a handler has caused is told when it is over
  for (unsigned heap = 0; heap < gate.heap_count(); ++heap) {
    if (!gate.passed_threshold(heap)) continue;
    GpuPressureEvent event;
    event.level = PressureLevel::Moderate;
    event.reason = PressureReason::Threshold;
    event.heap = heap;
    event.used = gate.reserved(heap);
    event.limit = gate.budget(heap);
    static_cast<void>(tell_pressure(event));
  }
}

}  // namespace framealloc::gpu::detail
