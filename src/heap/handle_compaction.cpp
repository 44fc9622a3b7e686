// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/base/align.hpp>
#include <framealloc/heap/handle_allocator.hpp>
#include <framealloc/os/clock.hpp>

#include <mutex>

namespace framealloc {
namespace {

// A chunk that could not be emptied is left alone for so many calls that have a budget, so that a
// call per frame does not look through the same chunk each time.
constexpr std::uint64_t kPatience = 16;
// Blocks looked at in one hold of the lock.
constexpr int kLookedAtOnce = 128;

double share_of_holes(const detail::HandleSpace::Totals& totals) noexcept {
  return totals.chunk_bytes == 0
             ? 0.0
             : static_cast<double>(totals.free_bytes) / static_cast<double>(totals.chunk_bytes);
}

bool is_unlimited(const CompactBudget& budget) noexcept {
  return budget.time_ns == UINT64_MAX && budget.bytes == SIZE_MAX;
}

std::uint64_t deadline_of(const CompactBudget& budget) noexcept {
  if (budget.time_ns == UINT64_MAX) return UINT64_MAX;
  const std::uint64_t now = os::now_ns();
  return budget.time_ns > UINT64_MAX - now ? UINT64_MAX : now + budget.time_ns;
}

bool is_over(std::uint64_t deadline) noexcept {
  return deadline != UINT64_MAX && os::now_ns() >= deadline;
}

}  // namespace

CompactResult HandleAllocator::compact(const CompactBudget& budget) noexcept {
  CompactResult result;
  if (!compacting_.try_lock()) return result;
  const std::lock_guard compacting(compacting_, std::adopt_lock);
  const std::uint64_t deadline = deadline_of(budget);
  const detail::HandleSpace::Totals before = space_.totals();
  ++compact_call_;
  for (;;) {
    if (is_over(deadline) || result.bytes_moved >= budget.bytes) break;
    if (!choose_chunk(budget, deadline)) {
      result.finished = !is_over(deadline);
      break;
    }
    std::size_t bytes = 0;
    if (move_next(&bytes) != Step::Moved) continue;
    ++result.moves;
    result.bytes_moved += bytes;
  }
  const detail::HandleSpace::Totals after = space_.totals();
  result.chunks_released = after.released_chunks - before.released_chunks;
  if (result.moves != 0) {
    fragmentation_before_.store(share_of_holes(before), std::memory_order_relaxed);
    fragmentation_after_.store(share_of_holes(after), std::memory_order_relaxed);
  }
  return result;
}

// Result: true when a chunk is set apart all of whose objects could be moved when it was looked
// through. Moving half a chunk and then meeting a pin would be work for nothing.
bool HandleAllocator::choose_chunk(const CompactBudget& budget, std::uint64_t deadline) noexcept {
  for (;;) {
    const std::lock_guard guard(space_.lock());
    if (!space_.has_set_apart()) {
      const std::uint64_t patience = is_unlimited(budget) ? 0 : kPatience;
      const std::uint64_t not_since = compact_call_ > patience ? compact_call_ - patience : 1;
      if (!space_.set_apart(not_since)) return false;
      checked_ = false;
    }
    if (checked_) return true;
    for (int i = 0; i < kLookedAtOnce; ++i) {
      const detail::BlockHeader* const block = space_.next_apart();
      if (block == nullptr) {
        space_.restart_apart();
        checked_ = true;
        return true;
      }
      const Slot* const slot = slots_.find(block->owner);
      if ((slot->word.load(std::memory_order_relaxed) & Slot::kMostPins) != 0) {
        space_.put_back(compact_call_);
        break;
      }
    }
    if (is_over(deadline)) return false;
  }
}

HandleAllocator::Step HandleAllocator::move_next(std::size_t* bytes) noexcept {
  Slot* slot = nullptr;
  void* from = nullptr;
  void* to = nullptr;
  const Type* type = nullptr;
  {
    const std::lock_guard guard(space_.lock());
    if (!space_.has_set_apart()) return Step::Stopped;  // an allocation needed it, or it is empty
    detail::BlockHeader* const block = space_.next_apart();
    if (block == nullptr) {
      // What is left was being made or freed just now.
      space_.put_back(compact_call_);
      return Step::Stopped;
    }
    slot = slots_.find(block->owner);
    std::uint64_t word = slot->word.load(std::memory_order_acquire);
    if ((word & Slot::kMostPins) != 0) {
      space_.put_back(compact_call_);
      return Step::Stopped;
    }
    if ((word & Slot::kFlags) != 0 ||
        !slot->word.compare_exchange_strong(word, word | Slot::kMoving, std::memory_order_acq_rel,
                                            std::memory_order_relaxed)) {
      return Step::Skipped;
    }
    // The slot is ours now. A block under construction carries the index of a vacant slot, so what
    // was found alive is the object of this block.
    from = detail::BlockChunk::block_of(block);
    type = slot->type.load(std::memory_order_relaxed);
    to = space_.take_elsewhere(type->size, type->alignment, {block->owner, block->tag, true});
    if (to == nullptr) {
      slot->word.fetch_and(~Slot::kMoving, std::memory_order_release);
      space_.put_back(compact_call_);
      return Step::Stopped;
    }
  }
  relocate(*slot, *type, from, to);
  *bytes = align_up(type->size, kGranule);
  return Step::Moved;
}

void HandleAllocator::relocate(Slot& slot, const Type& type, void* from, void* to) noexcept {
  type.relocate(from, to);
  const GenerationalId id{slot.index,
                          Slot::generation_of(slot.word.load(std::memory_order_relaxed))};
  const detail::RelocateHook hook =
      slot.hook == nullptr ? detail::RelocateHook{nullptr, nullptr} : *slot.hook;
  slot.address.store(to, std::memory_order_release);
  slot.word.fetch_and(~Slot::kMoving, std::memory_order_release);
  // From here on the object may be freed by anyone; its old place is still ours.
  relocations_.fetch_add(1, std::memory_order_relaxed);
  relocated_bytes_.fetch_add(align_up(type.size, kGranule), std::memory_order_relaxed);
  if (hook.handler != nullptr) {
    hook.handler(Relocation{id, from, to, type.size}, hook.context);
  }
  space_.free(from, type.size, type.alignment);
}

}  // namespace framealloc
