// SPDX-License-Identifier: MIT OR Apache-2.0
// Heap blocks that share a chunk.
#include <framealloc/align.hpp>
#include <framealloc/detail/heap/heap.hpp>

#include <algorithm>
#include <memory>
#include <mutex>

namespace framealloc::detail {
namespace {

// Chunks that a search for room looks at.
constexpr int kMostSpanLooks = 32;

std::size_t quanta_for(std::size_t bytes) noexcept {
  return align_up(bytes, SpanChunk::kQuantum) / SpanChunk::kQuantum;
}

}  // namespace

void* Heap::allocate_span(const Request& request, bool* denied_by_limit) noexcept {
  SpanChunk* chunk = request.thread.current_span_;
  if (chunk != nullptr) {
    const std::lock_guard guard(chunk->lock());
    if (void* const block = take_span(*chunk, request)) return block;
  }
  // Chunks that no thread takes from come first; sharing one is better than to reserve another.
  for (const bool held_ones : {false, true}) {
    if (void* const block = take_from_any(request, held_ones, &chunk)) {
      hold(request.thread, chunk);
      return block;
    }
  }
  chunk = make_chunk(denied_by_limit);
  if (chunk == nullptr) return nullptr;
  hold(request.thread, chunk);
  const std::lock_guard guard(chunk->lock());
  return take_span(*chunk, request);
}

void* Heap::take_span(SpanChunk& chunk, const Request& request) noexcept {
  const std::size_t quanta = quanta_for(request.bytes);
  const std::size_t step = std::max<std::size_t>(1, request.alignment / SpanChunk::kQuantum);
  const std::size_t index = chunk.take(quanta, step);
  if (index == SpanChunk::kNone) return nullptr;
  Span& span = chunk.span(index);
  span.bytes = request.bytes;
  span.quanta = static_cast<std::uint32_t>(quanta);
  span.tag = request.tag;
  span.kind = request.kind;
  span.live = true;
  if (BlockRecord* const record = chunk.record(index)) {
    record->begin_life(request.site, request.size, frame_number_.load(std::memory_order_relaxed));
  }
  return chunk.address(index);
}

void* Heap::take_from_any(const Request& request, bool held_ones, SpanChunk** chunk) noexcept {
  const std::size_t quanta = quanta_for(request.bytes);
  const std::lock_guard guard(lock_);
  int looks = 0;
  for (SpanChunk* candidate = chunks_; candidate != nullptr && looks < kMostSpanLooks;
       candidate = candidate->next) {
    if ((candidate->holders != 0) != held_ones || candidate->free_quanta() < quanta) continue;
    ++looks;
    // A chunk's lock is taken before the list's, so here it may only be tried.
    if (!candidate->lock().try_lock()) continue;
    void* const block = take_span(*candidate, request);
    candidate->lock().unlock();
    if (block == nullptr) continue;
    ++candidate->holders;
    *chunk = candidate;
    return block;
  }
  return nullptr;
}

SpanChunk* Heap::make_chunk(bool* denied_by_limit) noexcept {
  const std::size_t chunk_size = chunk_pool_.chunk_size();
  BlockRecord* records = nullptr;
  const std::size_t quanta = chunk_size / SpanChunk::kQuantum;
  if (shared_.checked_) {
    records = static_cast<BlockRecord*>(metadata_.allocate(quanta * sizeof(BlockRecord)));
    if (records == nullptr) {
      *denied_by_limit = shared_.limit_is_reached();
      return nullptr;
    }
    std::uninitialized_value_construct_n(records, quanta);
  }
  void* const memory = chunk_pool_.acquire(denied_by_limit);
  if (memory == nullptr) {
    metadata_.deallocate(records, quanta * sizeof(BlockRecord));
    return nullptr;
  }
  SpanChunk* const chunk = SpanChunk::make(memory, chunk_size, records);
  chunk->holders = 1;
  shared_.registry_.insert(chunk->region);
  const std::lock_guard guard(lock_);
  chunk->next = chunks_;
  if (chunks_ != nullptr) chunks_->previous = chunk;
  chunks_ = chunk;
  return chunk;
}

void Heap::destroy_chunk(SpanChunk* chunk) noexcept {
  shared_.registry_.erase(chunk->region);
  metadata_.deallocate(chunk->records(), chunk->quanta() * sizeof(BlockRecord));
  chunk->head.chunk_kind.store(ChunkKind::kNone, std::memory_order_relaxed);
  chunk_pool_.release(chunk);
}

void Heap::unlink(SpanChunk* chunk) noexcept {
  if (chunk->previous != nullptr) {
    chunk->previous->next = chunk->next;
  } else {
    chunks_ = chunk->next;
  }
  if (chunk->next != nullptr) chunk->next->previous = chunk->previous;
}

void Heap::hold(PoolThread& thread, SpanChunk* chunk) noexcept {
  SpanChunk* const before = thread.current_span_;
  thread.current_span_ = chunk;
  if (before != nullptr) let_go(before);
}

void Heap::let_go(SpanChunk* chunk) noexcept {
  {
    const std::lock_guard guard(chunk->lock());
    const std::lock_guard list_guard(lock_);
    if (--chunk->holders != 0 || !chunk->is_empty()) return;
    unlink(chunk);
  }
  // Empty, held by no thread and on no list: no other thread can reach it.
  destroy_chunk(chunk);
}

SpanChunk* Heap::pin_next(const SpanChunk* after) noexcept {
  const std::lock_guard guard(lock_);
  SpanChunk* const next = after == nullptr ? chunks_ : after->next;
  if (next != nullptr) ++next->holders;
  return next;
}

void Heap::collect(PoolThread& thread, bool leaving) noexcept {
  SpanChunk* const chunk = thread.current_span_;
  if (chunk == nullptr) return;
  if (!leaving) {
    const std::lock_guard guard(chunk->lock());
    if (!chunk->is_empty()) return;
  }
  thread.current_span_ = nullptr;
  let_go(chunk);
}

void Heap::free_span(PoolThread* thread, SpanChunk& chunk, void* block, AllocKind kind,
                     const CallSite& site) noexcept {
  const std::size_t index = chunk.index_of(block);
  if (index == SpanChunk::kNone) {
    shared_.report(Code::FA006, "the address is not the start of a block", TagId::Untagged, 0, 0,
                   site, block);
    return;
  }
  Span span;
  bool taken = false;
  bool destroy = false;
  {
    const std::lock_guard guard(chunk.lock());
    span = chunk.span(index);
    taken = chunk.is_taken(index);
    if (span.live && span.kind == kind) {
      if (BlockRecord* const record = chunk.record(index)) (void)record->try_end_life(site);
      if (shared_.guard_ != nullptr) {
        chunk.span(index).live = false;  // its quanta stay taken while it is in quarantine
        const std::lock_guard list_guard(lock_);
        ++chunk.holders;
      } else {
        chunk.span(index) = Span();
        chunk.give_back(index, span.quanta);
      }
      if (chunk.is_empty()) {
        const std::lock_guard list_guard(lock_);
        destroy = chunk.holders == 0;
        if (destroy) unlink(&chunk);
      }
    }
  }
  if (destroy) destroy_chunk(&chunk);
  if (span.live && span.kind == kind) {
    count_out(thread, span.tag, span.kind, span.bytes);
    if (shared_.guard_ != nullptr) hold_span(thread, chunk, index, span);
    shared_.emit_block(FrameEventKind::Free, span.tag, span.kind, span.bytes);
  } else if (span.live) {
    PoolThread::report_wrong_kind(shared_, block, span.tag, span.kind, kind, chunk.record(index),
                                  site);
  } else if (taken && span.quanta == 0) {
    shared_.report(Code::FA006, "the address is not the start of a block", TagId::Untagged, 0, 0,
                   site, block);
  } else {
    PoolThread::report_double_free(shared_, block, TagId::Untagged, chunk.record(index), site);
  }
}

bool Heap::resize_span(PoolThread* thread, SpanChunk& chunk, void* block, std::size_t bytes,
                       std::size_t size) noexcept {
  const std::size_t index = chunk.index_of(block);
  if (index == SpanChunk::kNone || bytes > largest_span_) return false;
  const std::size_t wanted = quanta_for(bytes);
  std::size_t before = 0;
  TagId tag = TagId::Untagged;
  AllocKind kind = AllocKind::Heap;
  std::size_t had = 0;
  {
    const std::lock_guard guard(chunk.lock());
    Span& span = chunk.span(index);
    if (!span.live) return false;
    before = span.bytes;
    tag = span.tag;
    kind = span.kind;
    had = span.quanta;
    if (wanted > had && !chunk.take_at(index + had, wanted - had)) return false;
    span.quanta = static_cast<std::uint32_t>(std::max(wanted, had));
  }
  // Charging may call a handler of the user: not under the lock.
  const bool granted = count_resize(thread, tag, kind, before, bytes);
  const std::lock_guard guard(chunk.lock());
  Span& span = chunk.span(index);
  const std::size_t keep = granted ? wanted : had;
  if (span.quanta > keep) chunk.give_back(index + keep, span.quanta - keep);
  span.quanta = static_cast<std::uint32_t>(keep);
  if (!granted) return false;
  if (shared_.guard_ != nullptr) {
    shared_.guard_->resize(block, span_size(chunk, index), size, bytes);
  }
  span.bytes = bytes;
  if (BlockRecord* const record = chunk.record(index)) {
    record->size.store(static_cast<std::uint32_t>(size), std::memory_order_relaxed);
  }
  return true;
}

void Heap::visit_spans(SpanChunk& chunk, LiveBlockVisitor visit, void* context) noexcept {
  const std::lock_guard guard(chunk.lock());
  for (std::size_t i = 0; i < chunk.quanta(); ++i) {
    const Span& span = chunk.span(i);
    const BlockRecord* const record = chunk.record(i);
    if (!span.live || record == nullptr) continue;
    LiveBlock live;
    live.address = chunk.address(i);
    live.size = record->size.load(std::memory_order_relaxed);
    live.kind = span.kind;
    live.tag = span.tag;
    live.site = record->birth();
    live.frame = record->frame.load(std::memory_order_relaxed);
    visit(live, context);
  }
}

}  // namespace framealloc::detail
