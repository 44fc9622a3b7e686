// SPDX-License-Identifier: MIT OR Apache-2.0
// Giving back what a thread does not need.
#include <framealloc/detail/pool/pool_thread.hpp>

#include <framealloc/detail/os/clock.hpp>

#include <algorithm>

namespace framealloc::detail {
namespace {

// Lists that one call of collect() looks at: these, and a sixteenth of all that have pages.
constexpr std::size_t kFewestLooks = 4;
// Every so many boundaries of a thread it looks for what it does not need.
constexpr std::uint32_t kBoundariesPerLook = 8;
// Blocks that return to their pages between two looks at the clock.
constexpr std::size_t kBlocksPerReading = 256;

}  // namespace

std::size_t PoolThread::return_to_pages(ClassList& list, std::size_t blocks) noexcept {
  std::size_t sent = 0;
  while (sent < blocks && list.free != nullptr) {
    FreeBlock* const block = list.free;
    list.free =
        shared_.checked_ ? shared_.next_ready(list, block, list.ready() - sent) : block->next;
    SlabHeader* const slab = slab_of(block, shared_.page_mask_);
    slab->return_to_page(block);
    list.returned_blocks.increment();
    replace_slab(list, slab);
    ++sent;
  }
  if (list.free == nullptr && sent != list.ready()) [[unlikely]]
    sent = list.ready();  // the list was broken, and what it led to is lost
  list.linked.sub(sent);
  if (list.table->kind == AllocKind::Pool) away_bytes_.sub(sent * list.block_size);
  shared_.uncharge(list.table->tag, sent * list.block_size);
  return sent;
}

void PoolThread::release_empty(ClassList& list) noexcept {
  SlabHeader*& empty = list.slabs[static_cast<std::size_t>(SlabPlace::Empty)];
  while (SlabHeader* const slab = empty) {
    unlink_slab(list, slab);
    shared_.release_slab(slab);
  }
}

// Pages that this empties go back at once: where they lie free, every thread can take them, even
// while this one rests.
std::size_t PoolThread::sweep_list(ClassList& list, std::size_t max_blocks) noexcept {
  const std::uint64_t left = std::min(list.sweep, list.ready());
  const std::size_t moved = return_to_pages(list, std::min<std::uint64_t>(left, max_blocks));
  list.sweep = left - moved;
  release_empty(list);
  return moved;
}

// A list that holds too much returns to the pages as a whole: its blocks are mixed over all slabs,
// and only a slab with every block returned can go. What is needed comes back from the fullest
// ones.
void PoolThread::look_at(ClassList& list) noexcept {
  const std::uint64_t allocations = list.allocations.get();
  const std::uint64_t since = allocations - list.seen_allocations;
  // What two periods took, the next may take again.
  const std::uint64_t recent = shared_.eager_ ? 0 : std::max(since, list.recent_allocations);
  list.seen_allocations = allocations;
  list.recent_allocations = since;
  const std::uint64_t keep =
      recent + shared_.pages_per_class_ * shared_.classes_[list.class_index].block_count;
  const std::uint64_t ready = list.ready();
  if (ready > keep) list.sweep = ready;
}

std::size_t PoolThread::collect(std::size_t max_blocks) noexcept {
  if (shared_.large_ != nullptr) shared_.large_->collect(*this, false);
  std::size_t moved = 0;
  if (max_blocks == kEverything) {
    flush();
    drain(kEverything);
    for_each_list([&](ClassList& list) {
      list.sweep = list.ready();
      moved += sweep_list(list, kEverything);
    });
    swept_ = nullptr;
    return moved;
  }
  moved = sweep(max_blocks);
  std::size_t looks = std::min(active_count_, kFewestLooks + active_count_ / 16);
  for (; looks != 0 && !sweeping(); --looks) {
    if (*cursor_ == nullptr) cursor_ = &active_;
    ClassList& list = **cursor_;
    look_at(list);
    moved += sweep_list(list, max_blocks - moved);
    if (list.sweep != 0) swept_ = &list;
    if (list.has_slabs()) {
      cursor_ = &list.next_active;
    } else {
      *cursor_ = list.next_active;
      list.active = false;
      --active_count_;
    }
  }
  return moved;
}

std::size_t PoolThread::sweep(std::size_t max_blocks) noexcept {
  if (swept_ == nullptr) return 0;
  const std::size_t moved = sweep_list(*swept_, max_blocks);
  if (swept_->sweep == 0) swept_ = nullptr;
  return moved;
}

void PoolThread::tidy(bool look) noexcept {
  const std::uint64_t budget = shared_.tidy_budget_ns_;
  const std::uint64_t start = budget == 0 ? 0 : os::now_ns();
  const std::size_t step = budget == 0 ? kBoundaryBlocks : kBlocksPerReading;
  std::size_t moved = look ? collect(step) : sweep(step);
  while (sweeping() && moved < kBoundaryBlocks) {
    if (budget != 0 && os::now_ns() - start >= budget) return;
    moved += sweep(step);
  }
}

void PoolThread::tidy_now_and_then() noexcept {
  const bool look = ++boundaries_ % kBoundariesPerLook == 0 || shared_.eager_;
  if (look || sweeping()) tidy(look);
}

void PoolThread::forget_lists() noexcept {
  for (ClassList* list = active_; list != nullptr; list = list->next_active) {
    list->active = false;
    list->sweep = 0;
  }
  active_ = swept_ = nullptr;
  cursor_ = &active_;
  active_count_ = 0;
}

bool PoolThread::give_back_ready() noexcept {
  flush();
  std::size_t given = shared_.flush_held(this);
  given += drain(kEverything);
  for_each_list([&](ClassList& list) {
    given += return_to_pages(list, list.ready());
    const bool any = list.slabs[static_cast<std::size_t>(SlabPlace::Empty)] != nullptr;
    release_empty(list);
    given += any ? 1 : 0;
  });
  if (shared_.large_ != nullptr) shared_.large_->collect(*this, false);
  return given != 0;
}

std::size_t PoolThread::ready_bytes(bool whole, TagId tag) const noexcept {
  std::uint64_t bytes = 0;
  visit_lists([&](const ClassList& list) {
    // Below zero is a reading between two counters of a thread that goes on.
    const auto ready = static_cast<std::int64_t>(list.ready());
    if (ready <= 0 || (!whole && !is_charged_to(shared_.tags_, list.table->tag, tag))) return;
    bytes += static_cast<std::uint64_t>(ready) * list.block_size;
  });
  return static_cast<std::size_t>(bytes);
}

void PoolThread::answer_recall() noexcept {
  if (!recalled()) [[likely]]
    return;
  const std::uint8_t asked = recalled_.exchange(0, std::memory_order_relaxed);
  (void)give_back_ready();
  if ((asked & kAskedToTrim) != 0) shared_.trim_all();
}

bool PoolThread::holds_anything() const noexcept {
  return ready_bytes(true, TagId::Untagged) != 0 || deferred_.depth() != 0;
}

}  // namespace framealloc::detail
