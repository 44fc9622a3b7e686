// SPDX-License-Identifier: MIT OR Apache-2.0
// Frames: what is handed out in them, and when it comes back.
#include "ring/ring_store.hpp"

#include <algorithm>
#include <mutex>

namespace framealloc::gpu::detail {

RingStore::RingStore(GpuCore& core) noexcept : id(ThreadRings::next_id()), core_(core) {
  denying_.attach(*this);
  unaccounted_.attach(*this);
  ThreadRings::enter(*this);
}

void RingStore::begin_frame(std::uint64_t frame) noexcept {
  const std::lock_guard<BriefLock> guard(lock_);
  frame_ = frame;
  open_.store(true, std::memory_order_release);
}

// A thread that is bumping its ring at this moment has read the limit before: its slice still lies
// in a page of the frame, which waits for the GPU like the others.
void RingStore::end_frame(std::uint64_t frame) noexcept {
  {
    const std::lock_guard<BriefLock> guard(lock_);
    open_.store(false, std::memory_order_release);
    for (RingAccess* ring = rings_; ring != nullptr; ring = ring->next) detach(*ring);
    for (RingSet* set = sets_; set != nullptr; set = set->next) {
      if (set->shared != nullptr) close_page(*set->shared);
      set->shared = nullptr;
      for (RingPage** link = &set->in_frame; *link != nullptr;) {
        RingPage* const page = *link;
        if (page->last_frame > frame) {
          link = &page->next;
          continue;
        }
        *link = page->next;
        for (const TagRun* run = page->runs; run != nullptr; run = run->next)
          core_.tags.release(run->tag, run->bytes);
        allocated_ -= page->used;
        used_[core_.gate.heap_of(page->block->type)] -= page->used;
        retired_ += page->used;
        page->next = set->waiting;
        set->waiting = page;
      }
    }
  }
}

void RingStore::release(std::uint64_t completed) noexcept {
  RingBlock* gone = nullptr;
  {
    const std::lock_guard<BriefLock> guard(lock_);
    for (RingSet* set = sets_; set != nullptr; set = set->next) {
      for (RingPage** link = &set->waiting; *link != nullptr;) {
        RingPage* const page = *link;
        if (end_serial(page->last_frame) > completed) {
          link = &page->next;
          continue;
        }
        *link = page->next;
        retired_ -= page->used;
        padding_ -= page->size - page->used;
        forget(page);
      }
    }
    const std::uint64_t frames = core_.config.empty_block_frames;
    if (frame_ > frames)
      gone = take_empty(kAllHeaps, frame_ - frames, core_.config.keep_empty_blocks);
  }
  static_cast<void>(give_back(gone));
}

// Effect: the page's range is free again.
void RingStore::forget(RingPage* page) noexcept {
  static_cast<void>(page->block->pages.free(page->range));
  if (--page->block->live == 0) page->block->empty_since = frame_;
  for (TagRun* run = page->runs; run != &page->first_run;) {
    TagRun* const next = run->next;
    drop(run);
    run = next;
  }
  drop(page);
}

std::size_t RingStore::trim(unsigned heap) noexcept {
  RingBlock* gone = nullptr;
  {
    const std::lock_guard<BriefLock> guard(lock_);
    gone = take_empty(heap, ~std::uint64_t{0}, 0);
  }
  return give_back(gone);
}

RingBlock* RingStore::take_empty(unsigned heap, std::uint64_t before, unsigned keep) noexcept {
  RingBlock* taken = nullptr;
  std::array<unsigned, kMaxTypes> kept{};  // of a memory type, whatever set they are of
  for (RingSet* set = sets_; set != nullptr; set = set->next) {
    for (RingBlock** link = &set->blocks; *link != nullptr;) {
      RingBlock* const block = *link;
      const bool here = heap == kAllHeaps || core_.gate.heap_of(block->type) == heap;
      if (block->live != 0 || !here || block->empty_since >= before || kept[block->type]++ < keep) {
        link = &block->next;
        continue;
      }
      *link = block->next;
      block->next = taken;
      taken = block;
      total_ -= block->memory_size;
      padding_ -= block->memory_size - block->size;
      --blocks_;
      // What was needed once may be needed again, in pieces of the size that served before.
      set->next_size = std::min(set->next_size, std::max(block->size, core_.config.ring_size));
    }
  }
  return taken;
}

std::size_t RingStore::give_back(RingBlock* blocks) noexcept {
  std::size_t bytes = 0;
  while (blocks != nullptr) {
    RingBlock* const block = blocks;
    blocks = block->next;
    bytes += block->memory_size;
    core_.backend.destroy_buffer(block->buffer);
    core_.give_memory(block->type, block->memory_size, block->memory);
    drop(block);
  }
  return bytes;
}

void RingStore::settle() noexcept {
  const std::lock_guard<BriefLock> guard(lock_);
  for (RingAccess* ring = rings_; ring != nullptr; ring = ring->next) settle(*ring);
}

void RingStore::recall() noexcept {
  const std::lock_guard<BriefLock> guard(lock_);
  for (RingAccess* ring = rings_; ring != nullptr; ring = ring->next) ring->close();
}

TransientFigures RingStore::figures() noexcept {
  const std::lock_guard<BriefLock> guard(lock_);
  for (RingAccess* ring = rings_; ring != nullptr; ring = ring->next) settle(*ring);
  TransientFigures figures;
  figures.total = total_;
  figures.allocated = allocated_;
  figures.retired = retired_;
  figures.padding = padding_;
  figures.free = total_ - allocated_ - retired_ - padding_;
  figures.blocks = blocks_;
  figures.peak = peak_;
  return figures;
}

std::size_t RingStore::used(unsigned heap) noexcept {
  const std::lock_guard<BriefLock> guard(lock_);
  for (RingAccess* ring = rings_; ring != nullptr; ring = ring->next) settle(*ring);
  return used_[heap];
}

void RingStore::shut_down() noexcept {
  ThreadRings::leave(*this);
  if (open_.load(std::memory_order_relaxed)) end_frame(frame_);
  RingSet* sets = nullptr;
  {
    const std::lock_guard<BriefLock> guard(lock_);
    sets = sets_;
    sets_ = nullptr;
  }
  while (sets != nullptr) {
    RingSet* const set = sets;
    sets = set->next;
    for (RingPage** list : {&set->waiting, &set->in_frame}) {
      while (*list != nullptr) {
        RingPage* const page = *list;
        *list = page->next;
        forget(page);
      }
    }
    static_cast<void>(give_back(set->blocks));
    drop(set);
  }
  while (rings_ != nullptr) {
    RingAccess* const ring = rings_;
    rings_ = ring->next;
    drop(ring);
  }
}

}  // namespace framealloc::gpu::detail
