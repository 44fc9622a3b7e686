// SPDX-License-Identifier: MIT OR Apache-2.0
// Large blocks in a guard mode.
#include <framealloc/detail/heap/heap.hpp>

#include <framealloc/detail/base/relaxed.hpp>

#include <cstdint>
#include <mutex>

namespace framealloc::detail {
std::size_t Heap::span_size(SpanChunk& chunk, std::size_t index) noexcept {
  const BlockRecord* const record = chunk.record(index);
  return record == nullptr ? chunk.span(index).bytes : record->size.load(kRelaxed);
}

Damage Heap::damage_of(SpanChunk& chunk, std::size_t index) noexcept {
  const Span& span = chunk.span(index);
  const BlockRecord* const record = chunk.record(index);
  if (record == nullptr || span.quanta == 0) return {};
  const std::byte* const block = chunk.address(index);
  const std::size_t size = record->size.load(kRelaxed);
  if (!span.live) {
    const std::byte* const at = BlockGuard::find_change(block, size, BlockGuard::kFreed);
    if (at == nullptr) return {};
    return Damage::late_write(block, size, at - block, *record, span.kind, span.tag);
  }
  const std::byte* const at =
      BlockGuard::find_change(block + size, span.bytes - size, BlockGuard::kZone);
  if (at == nullptr) return {};
  return Damage::outside(block, size, at - block, *record, span.kind, span.tag);
}

Damage Heap::damage_of(const Run& run) noexcept {
  const auto* const block = reinterpret_cast<const std::byte*>(run.region.address);
  const std::byte* const at =
      BlockGuard::find_change(block + run.size, run.bytes - run.size, BlockGuard::kZone);
  if (at == nullptr) return {};
  BlockRecord record;
  record.begin_life(run.site, run.size, run.frame);
  return Damage::outside(block, run.size, at - block, record, run.kind, run.tag);
}

void Heap::hold_span(PoolThread* thread, SpanChunk& chunk, std::size_t index,
                     const Span& span) noexcept {
  void* const block = chunk.address(index);
  const std::size_t size = span_size(chunk, index);
  if (const BlockRecord* const record = chunk.record(index)) {
    const auto* const bytes = static_cast<const std::byte*>(block);
    const std::byte* const at =
        BlockGuard::find_change(bytes + size, span.bytes - size, BlockGuard::kZone);
    if (at != nullptr) {
      shared_.report_damage(Damage::outside(block, size, at - bytes, *record, span.kind, span.tag));
    }
  }
  shared_.guard_->end_life(block, size);
  constexpr std::size_t kBatch = 32;
  BlockGuard::Held gone[kBatch];
  const BlockGuard::Held freed{block, span.bytes, true};
  shared_.release_held(thread, gone, shared_.guard_->hold(freed, gone, kBatch));
}

void Heap::release_held(PoolThread*, void* block) noexcept {
  Region* const region = region_of(block);
  SpanChunk& chunk = span_chunk_of(*region);
  const std::size_t index = chunk.index_of(block);
  const Damage damage = damage_of(chunk, index);
  if (damage.found()) shared_.report_damage(damage);
  {
    const std::lock_guard guard(chunk.lock());
    const std::size_t quanta = chunk.span(index).quanta;
    shared_.guard_->release(block, quanta * SpanChunk::kQuantum);
    chunk.span(index) = Span();
    chunk.give_back(index, quanta);
  }
  let_go(&chunk);
}

bool Heap::keep_run(Run& run) noexcept {
  expire_runs(false);
  if (shared_.guard_->frames() == 0) return false;
  if (!shared_.limited_source_.source().protect(run.base, run.run_bytes, false)) return false;
  run.frame = frame_number_.load(kRelaxed);
  const std::lock_guard guard(lock_);
  run.next = kept_runs_;
  kept_runs_ = &run;
  return true;
}

void Heap::expire_runs(bool all) noexcept {
  Run* gone = nullptr;
  {
    const std::uint64_t now = frame_number_.load(kRelaxed);
    const std::lock_guard guard(lock_);
    for (Run** link = &kept_runs_; *link != nullptr;) {
      Run* const run = *link;
      if (!all && now <= run->frame + shared_.guard_->frames()) {
        link = &run->next;
        continue;
      }
      *link = run->next;
      run->next = gone;
      gone = run;
    }
  }
  while (gone != nullptr) {
    Run* const next = gone->next;
    shared_.limited_source_.source().protect(gone->base, gone->run_bytes, true);
    chunk_pool_.release_run(gone->base, gone->run_bytes);
    metadata_.destroy(gone);
    gone = next;
  }
}

void Heap::check_guards(DamageList& found) noexcept {
  for (SpanChunk* chunk = pin_next(nullptr); chunk != nullptr;) {
    {
      const std::lock_guard guard(chunk->lock());
      for (std::size_t i = 0; i < chunk->quanta(); ++i) found.add(damage_of(*chunk, i));
    }
    SpanChunk* const next = pin_next(chunk);
    let_go(chunk);
    chunk = next;
  }
  const std::lock_guard guard(lock_);
  for (const Run* run = runs_; run != nullptr; run = run->next) found.add(damage_of(*run));
}

}  // namespace framealloc::detail
