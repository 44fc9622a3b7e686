// SPDX-License-Identifier: MIT OR Apache-2.0
// Heap blocks that have whole chunks to themselves. Their descriptors stand apart, so a block of
// exactly one chunk needs exactly one chunk.
#include <framealloc/detail/heap/heap.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/memory/kept_site.hpp>

#include <mutex>

namespace framealloc::detail {

void* Heap::allocate_run(const Request& request, bool* denied_by_limit) noexcept {
  const std::size_t chunk_size = chunk_pool_.chunk_size();
  const std::size_t slack = request.alignment > chunk_size ? request.alignment - chunk_size : 0;
  Run* const run = metadata_.create<Run>();
  if (run == nullptr) {
    *denied_by_limit = shared_.limit_is_reached();
    return nullptr;
  }
  run->base = chunk_pool_.acquire_run(request.bytes + slack, &run->run_bytes, denied_by_limit);
  if (run->base == nullptr) {
    metadata_.destroy(run);
    return nullptr;
  }
  std::byte* const block = align_up(static_cast<std::byte*>(run->base), request.alignment);
  run->region.address = reinterpret_cast<std::uintptr_t>(block);
  run->region.kind = RegionKind::Run;
  run->bytes = request.bytes;
  run->size = request.size;
  run->tag = request.tag;
  run->kind = request.kind;
  run->site = keep_site(request.site);
  run->frame = frame_number_.load(std::memory_order_relaxed);
  shared_.registry_.insert(run->region);
  const std::lock_guard guard(lock_);
  run->next = runs_;
  if (runs_ != nullptr) runs_->previous = run;
  runs_ = run;
  return block;
}

void Heap::unlink(Run* run) noexcept {
  if (run->previous != nullptr) {
    run->previous->next = run->next;
  } else {
    runs_ = run->next;
  }
  if (run->next != nullptr) run->next->previous = run->previous;
}

void Heap::free_run(PoolThread* thread, Run& run, AllocKind kind, const CallSite& site) noexcept {
  if (run.kind != kind) {
    BlockRecord record;
    record.allocated_at.set(run.site);
    PoolThread::report_wrong_kind(shared_, reinterpret_cast<const void*>(run.region.address),
                                  run.tag, run.kind, kind, &record, site);
    return;
  }
  if (shared_.guard_ != nullptr) {
    const Damage damage = damage_of(run);
    if (damage.found()) shared_.report_damage(damage);
    shared_.guard_->release(run.base, run.run_bytes);
  }
  shared_.registry_.erase(run.region);
  {
    const std::lock_guard guard(lock_);
    unlink(&run);
  }
  count_out(thread, run.tag, run.kind, run.bytes);
  if (shared_.guard_ != nullptr && keep_run(run)) return;
  chunk_pool_.release_run(run.base, run.run_bytes);
  const std::size_t bytes = run.bytes;
  const TagId tag = run.tag;
  metadata_.destroy(&run);
  shared_.emit_block(FrameEventKind::Free, tag, kind, bytes);
}

bool Heap::resize_run(PoolThread* thread, Run& run, std::size_t bytes, std::size_t size) noexcept {
  const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(run.base) + run.run_bytes;
  if (bytes > end - run.region.address) return false;
  if (!count_resize(thread, run.tag, run.kind, run.bytes, bytes)) return false;
  const std::lock_guard guard(lock_);
  if (shared_.guard_ != nullptr) {
    shared_.guard_->resize(reinterpret_cast<void*>(run.region.address), run.size, size, bytes);
  }
  run.bytes = bytes;
  run.size = size;
  return true;
}

}  // namespace framealloc::detail
