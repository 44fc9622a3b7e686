// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/align.hpp>
#include <framealloc/detail/os/clock.hpp>
#include <framealloc/handle_allocator.hpp>

#include <mutex>

namespace framealloc {
namespace {

// A chunk that could not be emptied is left alone for so many calls that have a budget, so that a
// call per frame does not look through the same chunk each time.
constexpr std::uint64_t kPatience = 16;
// Blocks that are given a place in one hold of the lock.
constexpr int kPlannedAtOnce = 64;

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
  const bool told = ledger_.wants(FrameEventKind::HandlesCompacted);
  const std::uint64_t began = told ? os::now_ns() : 0;
  CompactResult result;
  {
    if (!compacting_.try_lock()) return result;
    const std::lock_guard compacting(compacting_, std::adopt_lock);
    result = compact_alone(budget);
  }
  if (told && result.moves != 0) {
    FrameEvent event;
    event.kind = FrameEventKind::HandlesCompacted;
    event.count = result.moves;
    event.size = result.bytes_moved;
    event.began_ns = began;
    ledger_.emit(event, TagId::Untagged);
  }
  return result;
}

CompactResult HandleAllocator::compact_alone(const CompactBudget& budget) noexcept {
  CompactResult result;
  const std::uint64_t deadline = deadline_of(budget);
  const detail::HandleSpace::Totals before = totals();
  ++compact_call_;
  for (;;) {
    if (is_over(deadline) || result.bytes_moved >= budget.bytes) break;
    if (!plan_chunk(budget, deadline)) {
      result.finished = !is_over(deadline);
      break;
    }
    const std::size_t bytes = move_next();
    result.moves += bytes != 0 ? 1 : 0;
    result.bytes_moved += bytes;
  }
  const detail::HandleSpace::Totals after = totals();
  result.chunks_released = after.released_chunks - before.released_chunks;
  if (result.moves != 0) {
    fragmentation_before_.store(share_of_holes(before), std::memory_order_relaxed);
    fragmentation_after_.store(share_of_holes(after), std::memory_order_relaxed);
  }
  return result;
}

// Result: true when a chunk is set apart and each of its objects has a place elsewhere; false when
// there is no such chunk, or time is over.
bool HandleAllocator::plan_chunk(const CompactBudget& budget, std::uint64_t deadline) noexcept {
  for (;;) {
    detail::BlockChunk* emptied = nullptr;
    bool found = true;
    bool planned = false;
    {
      const std::lock_guard guard(space_.lock());
      if (!space_.has_set_apart()) {
        const std::uint64_t patience = is_unlimited(budget) ? 0 : kPatience;
        const std::uint64_t not_since = compact_call_ > patience ? compact_call_ - patience : 1;
        (void)withdraw_all(&emptied);
        found = space_.set_apart(not_since, &emptied);
        planned_ = false;
      }
      planned = planned_;
    }
    space_.release(emptied);
    if (!found) return false;
    if (planned) return true;
    if (plan_some()) continue;
    if (is_over(deadline)) return false;
  }
}

// Result: true when the plan is complete or was given up.
bool HandleAllocator::plan_some() noexcept {
  detail::BlockChunk* emptied = nullptr;
  bool decided = false;
  {
    const std::lock_guard guard(space_.lock());
    for (int i = 0; i < kPlannedAtOnce && !decided; ++i) {
      if (!space_.has_set_apart()) break;
      detail::BlockHeader* const block = space_.next_apart();
      if (block == nullptr) {
        planned_ = decided = true;
        break;
      }
      const Outlook outlook = outlook_of(*block);
      if (outlook == Outlook::Going) continue;
      const Type* const type = slots_.record(block->owner).type.load(std::memory_order_acquire);
      if (outlook == Outlook::Fixed || !space_.plan(block, type->size, type->alignment)) {
        space_.put_back(compact_call_, &emptied);
        decided = true;
      }
    }
  }
  space_.release(emptied);
  return decided;
}

HandleAllocator::Outlook HandleAllocator::outlook_of(
    const detail::BlockHeader& block) const noexcept {
  const std::uint64_t word = slots_.find(block.owner)->word.load(std::memory_order_acquire);
  // Pinned, or under construction.
  if ((word & (Slot::kMostPins | Slot::kVacant)) != 0) return Outlook::Fixed;
  if (slots_.walkers(block.owner).load(std::memory_order_relaxed) != 0) return Outlook::Fixed;
  return (word & Slot::kDoomed) != 0 ? Outlook::Going : Outlook::Movable;
}

// Result: whether the object of the slot is the caller's to move: it is alive and nothing holds it.
bool HandleAllocator::begin_move(std::uint32_t index) noexcept {
  Slot& slot = *slots_.find(index);
  std::uint64_t word = slot.word.load(std::memory_order_acquire);
  if ((word & (Slot::kMostPins | Slot::kFlags)) != 0) return false;
  if (!slot.word.compare_exchange_strong(word, word | Slot::kMoving, std::memory_order_seq_cst,
                                         std::memory_order_relaxed)) {
    return false;
  }
  // After the word, as for an object that is freed.
  if (slots_.walkers(index).load(std::memory_order_seq_cst) == 0) return true;
  slot.word.fetch_and(~Slot::kMoving, std::memory_order_release);
  return false;
}

bool HandleAllocator::is_held(std::uint32_t index) const noexcept {
  const std::uint64_t word = slots_.find(index)->word.load(std::memory_order_relaxed);
  return (word & Slot::kMostPins) != 0 ||
         slots_.walkers(index).load(std::memory_order_relaxed) != 0;
}

// Result: bytes moved; 0 when no object was.
std::size_t HandleAllocator::move_next() noexcept {
  detail::BlockChunk* emptied = nullptr;
  std::uint32_t index = 0;
  void* from = nullptr;
  void* to = nullptr;
  const Type* type = nullptr;
  {
    const std::lock_guard guard(space_.lock());
    if (space_.has_set_apart()) {  // else an allocation needed it, or it is empty
      if (detail::BlockHeader* const block = space_.next_planned(&to, &emptied)) {
        index = block->owner;
        if (begin_move(index)) {
          // The slot is ours now. A block under construction carries the index of a vacant slot, so
          // what was found alive is the object of this block.
          from = detail::BlockChunk::block_of(block);
          type = slots_.record(index).type.load(std::memory_order_relaxed);
        } else {
          // Pinned since, or about to go; a pin makes what was moved so far the most there is.
          space_.give_back(to, &emptied);
          if (is_held(index) && space_.has_set_apart()) {
            space_.put_back(compact_call_, &emptied);
          }
        }
      } else if (space_.has_set_apart()) {
        // The remaining object is being freed right now, and its chunk goes with it.
        space_.put_back(compact_call_, &emptied);
      }
    }
  }
  space_.release(emptied);
  if (from == nullptr) return 0;
  relocate(index, *type, from, to);
  return align_up(type->size, kGranule);
}

void HandleAllocator::relocate(std::uint32_t index, const Type& type, void* from,
                               void* to) noexcept {
  Slot& slot = *slots_.find(index);
  const detail::RelocateHook* const kept = slots_.record(index).hook;
  type.relocate(from, to);
  const GenerationalId id{index, Slot::generation_of(slot.word.load(std::memory_order_relaxed))};
  const detail::RelocateHook hook =
      kept == nullptr ? detail::RelocateHook{nullptr, nullptr} : *kept;
  slot.set_address(to, type);
  slot.word.fetch_and(~Slot::kMoving, std::memory_order_release);
  // From here on the object may be freed by anyone; its old place is still ours.
  relocations_.fetch_add(1, std::memory_order_relaxed);
  relocated_bytes_.fetch_add(align_up(type.size, kGranule), std::memory_order_relaxed);
  if (hook.handler != nullptr) {
    hook.handler(Relocation{id, from, to, type.size}, hook.context);
  }
  if (ledger_.wants(FrameEventKind::HandleRelocated)) [[unlikely]] {
    (void)emit(FrameEventKind::HandleRelocated, id, type,
               space_.tag_of(from, type.size, type.alignment));
  }
  space_.free(from, type.size, type.alignment);
}

}  // namespace framealloc
