// SPDX-License-Identifier: MIT OR Apache-2.0
// Giving back what a thread does not need.
#include <framealloc/detail/pool/pool_thread.hpp>

#include <algorithm>

namespace framealloc::detail {
namespace {

// Lists that one call of collect() looks at: a frame boundary must not cost more with more tags.
constexpr int kListsPerCall = 4;

}  // namespace

std::size_t PoolThread::send_home(ClassList& list, std::size_t blocks) noexcept {
  std::size_t sent = 0;
  while (sent < blocks && list.free != nullptr) {
    FreeBlock* const block = list.free;
    list.free =
        shared_.checked_ ? shared_.next_ready(list, block, list.ready() - sent) : block->next;
    SlabHeader* const slab = slab_of(block, shared_.page_mask_);
    slab->put_home(block);
    ++list.home_blocks;
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

void PoolThread::release_empty(ClassList& list, std::uint64_t keep) noexcept {
  SlabHeader*& empty = list.slabs[static_cast<std::size_t>(SlabPlace::Empty)];
  while (empty != nullptr) {
    SlabHeader* const slab = empty;
    if (list.ready() + list.home_blocks < keep + slab->home_count) return;
    unlink_slab(list, slab);
    shared_.release_slab(slab);
  }
}

std::size_t PoolThread::collect_list(ClassList& list, std::size_t max_blocks,
                                     bool everything) noexcept {
  const std::uint64_t allocations = list.allocations.get();
  const std::uint64_t since = allocations - list.seen_allocations;
  const std::uint64_t recent = std::max(since, list.recent_allocations);
  list.seen_allocations = allocations;
  list.recent_allocations = since;

  const std::uint64_t ready = list.ready();
  std::uint64_t keep = 0;
  if (everything) {
    list.sweep = ready;
  } else {
    // What two periods took, the next may take again.
    keep = recent + shared_.pages_per_class_ * shared_.classes_[list.class_index].block_count;
    // A list that holds too much goes home as a whole: its blocks are mixed over all slabs, and
    // only a slab with every block at home can go. What is needed comes back from the fullest ones.
    if (ready > keep) list.sweep = ready;
  }
  std::size_t moved = 0;
  if (list.sweep != 0) {
    const std::uint64_t left = std::min(list.sweep, ready);
    moved = send_home(list, std::min<std::uint64_t>(left, max_blocks));
    list.sweep = left - moved;
  }
  release_empty(list, keep);
  return moved;
}

std::size_t PoolThread::collect(std::size_t max_blocks) noexcept {
  std::size_t moved = 0;
  if (max_blocks == kEverything) {
    flush();
    drain(kEverything);
    for_each_list([&](ClassList& list) { moved += collect_list(list, kEverything, true); });
    if (shared_.large_ != nullptr) shared_.large_->collect(*this, false);
    return moved;
  }
  if (cursor_block_ == nullptr) {
    cursor_block_ = list_blocks_.load(std::memory_order_relaxed);
    cursor_list_ = 0;
    if (shared_.large_ != nullptr) shared_.large_->collect(*this, false);
  }
  // A call ends with the round, so that no list is looked at twice within one.
  for (int i = 0; i < kListsPerCall && moved < max_blocks && cursor_block_ != nullptr; ++i) {
    moved += collect_list(cursor_block_->lists[cursor_list_], max_blocks - moved, false);
    if (++cursor_list_ == cursor_block_->count.load(std::memory_order_relaxed)) {
      cursor_block_ = cursor_block_->next;
      cursor_list_ = 0;
    }
  }
  return moved;
}

bool PoolThread::give_back_ready() noexcept {
  flush();
  std::size_t given = shared_.flush_held(this);
  given += drain(kEverything);
  for_each_list([&](ClassList& list) {
    given += send_home(list, list.ready());
    const bool any = list.slabs[static_cast<std::size_t>(SlabPlace::Empty)] != nullptr;
    release_empty(list, 0);
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

}  // namespace framealloc::detail
