// SPDX-License-Identifier: MIT OR Apache-2.0
// Gets blocks for an empty list.
#include <framealloc/detail/pool/pool_thread.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <new>

namespace framealloc::detail {
namespace {

constexpr std::size_t index_of(SlabPlace place) noexcept { return static_cast<std::size_t>(place); }

// Prefers the slab with the fewest free blocks, so that emptier ones become empty. Looks at only a
// few, to keep the refill short.
SlabHeader* pick_slab(const ClassList& list) noexcept {
  constexpr int kMostLooks = 8;
  SlabHeader* best = list.slabs[index_of(SlabPlace::Usable)];
  if (best == nullptr) return list.slabs[index_of(SlabPlace::Empty)];
  int looks = 1;
  for (SlabHeader* slab = best->next; slab != nullptr && looks < kMostLooks; slab = slab->next) {
    if (slab->available() < best->available()) best = slab;
    ++looks;
  }
  return best;
}

}  // namespace

bool PoolThread::refill(ClassList& list, std::size_t size, const CallSite& site,
                        Denial* why) noexcept {
  if (take_back_for(list)) return true;

  if (list.table->kind == AllocKind::Pool && !within_limit(list.block_size, site, why))
    return false;
  if (list.free != nullptr) return true;  // the limit's handler has freed a block

  const TagId tag = list.table->tag;
  for (ReclaimLoop reclaim(shared_.pressure_);;) {
    bool denied_by_limit = false;
    if (pick_slab(list) == nullptr && !find_slab(list, &denied_by_limit)) {
      if (reclaim.more(list.block_size, denied_by_limit)) {
        if (list.free != nullptr) return true;  // making room has freed a block
        continue;
      }
      shared_.refuse_memory(tag, size, denied_by_limit, site, why);
      return false;
    }
    Denial denial;
    const std::size_t blocks = charge(list, &denial);
    if (blocks == 0) {
      shared_.refuse(denial, tag, list.block_size, site, why);
      return false;
    }
    // Charging may have called a user's handler, which may have used this list, or have returned
    // its slabs to make room.
    if (link_portion(list, blocks) != 0 || list.free != nullptr) return true;
  }
}

std::size_t PoolThread::charge(const ClassList& list, Denial* denial) noexcept {
  std::size_t portion = shared_.classes_[list.class_index].portion;
  if (limit_ != SIZE_MAX && list.table->kind == AllocKind::Pool) {
    // Blocks made ready are not in use yet, but can become so without another check.
    const std::size_t room =
        limit_ > away_bytes_.get() ? (limit_ - away_bytes_.get()) / list.block_size : 0;
    portion = std::clamp<std::size_t>(room, 1, portion);
  }
  if (shared_.budgets_ == nullptr) return portion;
  const TagId tag = list.table->tag;
  const std::size_t bytes =
      shared_.budgets_->charge_ahead(tag, list.block_size, portion * list.block_size, denial);
  shared_.uncharge(tag, bytes % list.block_size);
  return bytes / list.block_size;
}

std::size_t PoolThread::link_portion(ClassList& list, std::size_t blocks) noexcept {
  std::size_t left = blocks;
  while (left != 0) {
    SlabHeader* const slab = pick_slab(list);
    if (slab == nullptr) break;
    left -= link_from(list, *slab, left);
    replace_slab(list, slab);
  }
  shared_.uncharge(list.table->tag, left * list.block_size);
  list.linked.add(blocks - left);
  if (list.table->kind == AllocKind::Pool) away_bytes_.add((blocks - left) * list.block_size);
  return blocks - left;
}

std::size_t PoolThread::link_from(ClassList& list, SlabHeader& slab, std::size_t blocks) noexcept {
  FreeBlock* head = list.free;
  std::size_t linked = 0;
  // Never used blocks come last, since they may cost a page fault; they are linked back to front,
  // so that they are given out in ascending order.
  const std::size_t fresh = std::min<std::size_t>(
      blocks - std::min<std::size_t>(blocks, slab.returned_count), slab.block_count - slab.carved);
  for (std::size_t i = slab.carved + fresh; i > slab.carved; --i) {
    head = ::new (slab.block(i - 1)) FreeBlock{head};
  }
  slab.carved += static_cast<std::uint32_t>(fresh);
  linked += fresh;
  while (linked < blocks && slab.returned != nullptr) {
    FreeBlock* const block = slab.returned;
    if (shared_.checked_ && !shared_.returned_are_sound(slab)) [[unlikely]] {
      list.returned_blocks.sub(slab.returned_count);
      slab.returned = nullptr;  // its blocks are lost
      slab.returned_count = 0;
      break;
    }
    slab.returned = block->next;
    --slab.returned_count;
    list.returned_blocks.sub(1);
    block->next = head;
    head = block;
    ++linked;
  }
  list.free = head;
  return linked;
}

bool PoolThread::find_slab(ClassList& list, bool* denied_by_limit) noexcept {
  SlabHeader* slab = nullptr;
  if (shared_.orphanage_.size() != 0) {
    const std::lock_guard guard(shared_.orphanage_.lock());
    slab = shared_.orphanage_.adopt(list.table->kind, list.table->tag, list.class_index, this);
  }
  if (slab == nullptr) {
    // A thread that reaches no boundary would hold its freed blocks forever.
    if (++pages_made_ % kPagesPerLook == 0) {
      (void)collect(kPageBlocks);
    } else {
      (void)sweep(kPageBlocks);
    }
    slab = make_slab(list, denied_by_limit);
  }
  if (slab == nullptr) return false;
  take_over(list, slab);
  return true;
}

SlabHeader* PoolThread::make_slab(const ClassList& list, bool* denied_by_limit) noexcept {
  const SizeClass& layout = shared_.classes_[list.class_index];
  BlockRecord* records = nullptr;
  if (shared_.checked_) {
    void* const memory = shared_.metadata_.allocate(layout.block_count * sizeof(BlockRecord));
    if (memory == nullptr) {
      *denied_by_limit = shared_.limit_is_reached();
      return nullptr;
    }
    records = static_cast<BlockRecord*>(memory);
    std::uninitialized_value_construct_n(records, layout.block_count);
  }
  SlabHeader* const slab = shared_.pages_.acquire(denied_by_limit);
  if (slab == nullptr) {
    shared_.metadata_.deallocate(records, layout.block_count * sizeof(BlockRecord));
    return nullptr;
  }
  slab->owner.store(this, std::memory_order_relaxed);
  slab->records = records;
  slab->block_size = layout.block_size;
  slab->first_offset = layout.first_offset;
  slab->block_count = layout.block_count;
  slab->class_index = static_cast<std::uint16_t>(list.class_index);
  slab->tag = list.table->tag;
  slab->kind = list.table->kind;
  slab->bin_key = (std::uint64_t{slab->class_index} << 32) |
                  (static_cast<std::uint64_t>(slab->tag) << 8) |
                  static_cast<std::uint64_t>(slab->kind);
  slab->returned = nullptr;
  slab->returned_count = 0;
  slab->carved = 0;
  if (shared_.guard_ != nullptr) shared_.prepare_slab(*slab);
  slab->seal.store(SlabHeader::kSeal, std::memory_order_release);
  shared_.slabs_[list.class_index].fetch_add(1, std::memory_order_relaxed);
  return slab;
}

void PoolThread::take_over(ClassList& list, SlabHeader* slab) noexcept {
  slab->list = &list;
  slab->owner_number.store(number_, std::memory_order_relaxed);
  link_slab(list, slab);
  if (!list.active) {
    list.active = true;
    list.next_active = active_;
    active_ = &list;
    ++active_count_;
  }
  if (slab->kind == AllocKind::Pool) {  // an adopted slab has blocks in use
    away_bytes_.add(std::size_t{slab->carved - slab->returned_count} * slab->block_size);
  }
  slab->open_to(shared_.checked_ ? nullptr : &list, thread_word_);
  refills_.add(1);
}

std::size_t PoolThread::bytes_in_use() const noexcept {
  std::uint64_t ready = 0;
  visit_lists([&ready](const ClassList& list) {
    if (list.kind == AllocKind::Pool) ready += list.ready() * list.block_size;
  });
  // A value below zero was read between two counter updates of a running thread.
  const auto used = static_cast<std::int64_t>(away_bytes_.get() - ready);
  return used > 0 ? static_cast<std::size_t>(used) : 0;
}

bool PoolThread::pass_limit(std::size_t bytes, const CallSite& site, Denial* why) noexcept {
  if (away_bytes_.get() + bytes <= limit_) return true;
  // Blocks kept ready for other requests are returned in favor of this one.
  (void)give_back_ready();
  const std::size_t used = away_bytes_.get();
  if (used + bytes <= limit_ || limit_host_->pass_pool(used, bytes, site)) return true;
  Denial::store(why, {Code::FA312, tag_, limit_ > used ? limit_ - used : 0});
  return false;
}

}  // namespace framealloc::detail
