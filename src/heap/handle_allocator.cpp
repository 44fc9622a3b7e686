// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/handle_allocator.hpp>

#include <framealloc/detail/os/thread.hpp>

#include <bit>

namespace framealloc {
namespace detail {
void unpin_handle(HandleAllocator& handles, std::uint32_t index) noexcept { handles.unpin(index); }
}  // namespace detail

HandleAllocator::HandleAllocator(const detail::AllocatorContext& context,
                                 const HandleConfig& config) noexcept
    : config_(config),
      ledger_(context),
      slots_(context.metadata, config.first_generation),
      space_(context.chunks, ledger_.lock(), &HandleAllocator::let_go, &slots_),
      caches_(context.metadata) {
  ledger_.ask_for_counts(&HandleAllocator::tell_counts, this);
}

HandleAllocator::~HandleAllocator() {
  if (config_.report_leaks) report_leaks();
  // A destructor may free further handles, or make some: until nothing is alive.
  for (bool any = true; any;) {
    any = false;
    const std::uint32_t slots = slots_.size();
    for (std::uint32_t index = 0; index < slots; ++index) {
      Slot& slot = *slots_.find(index);
      const std::uint64_t word = slot.word.load(std::memory_order_acquire);
      if ((word & Slot::kVacant) != 0) continue;
      any = true;
      slot.word.store(Slot::word_of(Slot::generation_of(word)) | Slot::kDoomed,
                      std::memory_order_relaxed);
      end(index, slot, slots_.record(index));
    }
  }
  (void)release_cached();
}

void HandleAllocator::let_go(void* slots, std::uint32_t index) noexcept {
  auto* const all = static_cast<detail::HandleSlots*>(slots);
  all->give_back(index, all->record(index));
}

GenerationalId HandleAllocator::make_raw(const Type& type, HandleOptions options,
                                         CallSite site) noexcept {
  Birth birth{this, &type};
  return begin(birth, options, site) ? publish(birth) : GenerationalId{};
}

GenerationalId HandleAllocator::emit(FrameEventKind kind, GenerationalId id, const Type& type,
                                     TagId tag) const noexcept {
  FrameEvent event;
  event.kind = kind;
  event.alloc_kind = AllocKind::Heap;
  event.id = std::uint64_t{id.index} << 32 | id.generation;
  event.size = type.size;
  ledger_.emit(event, tag);
  return id;
}

void HandleAllocator::end_or_defer(std::uint32_t index, Slot& slot, Record& record) noexcept {
  if (slots_.walkers(index).load(std::memory_order_seq_cst) == 0) return end(index, slot, record);
  deferred_.fetch_add(1, std::memory_order_relaxed);
  slot.word.fetch_and(~Slot::kMoving, std::memory_order_seq_cst);
  end_if_let_go(index);
}

bool HandleAllocator::free_slowly(GenerationalId id, const Type& type) noexcept {
  if (id.is_dangling()) return false;
  Slot* const slot = slots_.find(id.index);
  if (slot != nullptr) {
    Record& record = slots_.record(id.index);
    std::uint64_t word = slot->word.load(std::memory_order_acquire);
    for (unsigned round = 0; Slot::lives(word, id.generation);) {
      if ((word & Slot::kMoving) != 0) {
        os::relax(round++);
        word = slot->word.load(std::memory_order_acquire);
        continue;
      }
      if (!detail::same_type(record.type.load(std::memory_order_acquire), &type)) break;
      const bool pinned = (word & Slot::kMostPins) != 0;
      const std::uint64_t freed = word | Slot::kDoomed | (pinned ? 0 : Slot::kMoving);
      if (!slot->word.compare_exchange_weak(word, freed, std::memory_order_seq_cst,
                                            std::memory_order_acquire)) {
        continue;
      }
      if (pinned) {
        deferred_.fetch_add(1, std::memory_order_relaxed);
      } else {
        end_or_defer(id.index, *slot, record);
      }
      return true;
    }
  }
  report_stale(id, type);
  return false;
}

// Called whenever a hold ends: the last one finds neither pins nor walkers.
void HandleAllocator::end_if_let_go(std::uint32_t index) noexcept {
  Slot& slot = *slots_.find(index);
  std::uint64_t word = slot.word.load(std::memory_order_seq_cst);
  if ((word & Slot::kDoomed) == 0 || (word & (Slot::kMostPins | Slot::kMoving)) != 0) return;
  if (slots_.walkers(index).load(std::memory_order_seq_cst) != 0) return;
  if (!slot.word.compare_exchange_strong(word, word | Slot::kMoving, std::memory_order_acq_rel,
                                         std::memory_order_relaxed)) {
    return;
  }
  deferred_.fetch_sub(1, std::memory_order_relaxed);
  end(index, slot, slots_.record(index));
}

void* HandleAllocator::find_slowly(GenerationalId id, const Type& type, bool report) noexcept {
  if (id.is_dangling()) return nullptr;
  Slot* const slot = slots_.find(id.index);
  if (slot != nullptr) {
    for (unsigned round = 0;; ++round) {
      const std::uint64_t word = slot->word.load(std::memory_order_acquire);
      if (!Slot::lives(word, id.generation)) break;
      const Type* const actual = slots_.record(id.index).type.load(std::memory_order_acquire);
      void* const address = actual == nullptr ? nullptr : slot->address(*actual);
      if (!Slot::lives(slot->word.load(std::memory_order_relaxed), id.generation)) break;
      if (!detail::same_type(actual, &type)) break;
      // What moves by its bytes is whole in its old place until the new address is there.
      if ((word & Slot::kMoving) == 0 || actual->bitwise) return address;
      os::relax(round);
    }
  }
  if (report) report_stale(id, type);
  return nullptr;
}

void* HandleAllocator::pin_object(GenerationalId id, const Type& type, bool report) noexcept {
  if (id.is_dangling()) return nullptr;
  Slot* const slot = slots_.find(id.index);
  if (slot != nullptr) {
    std::uint64_t word = slot->word.load(std::memory_order_acquire);
    for (unsigned round = 0; Slot::lives(word, id.generation);) {
      if ((word & Slot::kMoving) != 0) {
        os::relax(round++);
        word = slot->word.load(std::memory_order_acquire);
        continue;
      }
      if ((word & Slot::kMostPins) == Slot::kMostPins) return nullptr;
      const Type* const actual = slots_.record(id.index).type.load(std::memory_order_acquire);
      if (!detail::same_type(actual, &type)) break;
      if (slot->word.compare_exchange_weak(word, word + Slot::kPin, std::memory_order_acquire,
                                           std::memory_order_acquire)) {
        return slot->address(*actual);
      }
    }
  }
  if (report) report_stale(id, type);
  return nullptr;
}

void HandleAllocator::unpin(std::uint32_t index) noexcept {
  const std::uint64_t before =
      slots_.find(index)->word.fetch_sub(Slot::kPin, std::memory_order_seq_cst);
  if ((before & Slot::kMostPins) != Slot::kPin || (before & Slot::kDoomed) == 0) return;
  end_if_let_go(index);
}

void HandleAllocator::enter_group(std::uint32_t first, const Type& type,
                                  detail::HeldGroup& group) noexcept {
  const Slot* const slots = slots_.find(first);
  const Record* const records = &slots_.record(first);
  group.slots = slots;
  group.first = first;
  // Looked at before they are held: a group without any such object costs no more than that.
  std::uint64_t seen = 0;
  for (std::uint32_t i = 0; i < detail::HandleSlots::kGroup; ++i) {
    const std::uint64_t word = slots[i].word.load(std::memory_order_relaxed);
    if ((word & (Slot::kVacant | Slot::kDoomed)) != 0) continue;
    const Type* const actual = records[i].type.load(std::memory_order_acquire);
    if (actual != &type && (actual == nullptr || !detail::same_type(actual, &type))) continue;
    seen |= std::uint64_t{1} << i;
  }
  if (seen == 0) return;
  group.held = true;
  slots_.walkers(first).fetch_add(1, std::memory_order_seq_cst);
  for (unsigned round = 0; seen != 0;) {
    const auto i = static_cast<std::uint32_t>(std::countr_zero(seen));
    // After the count: any thread that changes the word from now on sees that the object is held.
    const std::uint64_t word = slots[i].word.load(std::memory_order_seq_cst);
    const bool alive = (word & (Slot::kVacant | Slot::kDoomed)) == 0;
    if (alive && (word & Slot::kMoving) != 0) {
      os::relax(round++);
      continue;
    }
    seen &= seen - 1;
    const Type* const actual = records[i].type.load(std::memory_order_acquire);
    // Another object may have come into the slot since.
    if (!alive || (actual != &type && !detail::same_type(actual, &type))) continue;
    void* const object = slots[i].address(*actual);
    detail::fetch_for_writing(object);
    group.objects[group.size] = object;
    group.which[group.size++] = static_cast<std::uint8_t>(i);
  }
}

void HandleAllocator::leave_group(std::uint32_t first) noexcept {
  if (slots_.walkers(first).fetch_sub(1, std::memory_order_seq_cst) != 1) return;
  const Slot* const slots = slots_.find(first);
  for (std::uint32_t i = 0; i < detail::HandleSlots::kGroup; ++i) {
    const std::uint64_t word = slots[i].word.load(std::memory_order_seq_cst);
    if ((word & Slot::kDoomed) != 0) [[unlikely]]
      end_if_let_go(first + i);
  }
}

}  // namespace framealloc
