// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/handle_allocator.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/os/thread.hpp>

#include <bit>
#include <mutex>

namespace framealloc {
namespace {

std::size_t accounted(const detail::HandleType& type) noexcept {
  return align_up(type.size, kGranule);
}

}  // namespace

namespace detail {
void unpin_handle(HandleAllocator& handles, std::uint32_t index) noexcept { handles.unpin(index); }
}  // namespace detail

HandleAllocator::HandleAllocator(const detail::AllocatorContext& context,
                                 const HandleConfig& config) noexcept
    : config_(config),
      ledger_(context),
      slots_(context.metadata, config.first_generation),
      space_(context.chunks, ledger_.lock(), &HandleAllocator::let_go, &slots_) {}

HandleAllocator::~HandleAllocator() {
  if (config_.report_leaks) report_leaks();
  // A destructor may free further handles, or make some: until nothing is alive.
  while (active_count() != 0) {
    const std::uint32_t slots = slots_.size();
    for (std::uint32_t index = 0; index < slots; ++index) {
      Slot& slot = *slots_.find(index);
      const std::uint64_t word = slot.word.load(std::memory_order_acquire);
      if ((word & Slot::kVacant) != 0) continue;
      slot.word.store(Slot::word_of(Slot::generation_of(word)) | Slot::kDoomed,
                      std::memory_order_relaxed);
      end(index, slot, slots_.record(index));
    }
  }
}

void HandleAllocator::let_go(void* slots, std::uint32_t index) noexcept {
  auto* const all = static_cast<detail::HandleSlots*>(slots);
  all->give_back(index, all->record(index));
}

bool HandleAllocator::charge_or_refuse(TagId tag, std::size_t bytes,
                                       const CallSite& site) noexcept {
  detail::Denial denial;
  if (ledger_.charge(tag, bytes, &denial)) return true;
  ledger_.refuse(denial, tag, bytes, site);
  return false;
}

bool HandleAllocator::begin(Birth& birth, const HandleOptions& options,
                            const CallSite& site) noexcept {
  const Type& type = *birth.type;
  const TagId tag = ledger_.current_tag();
  if (ledger_.context().budgets != nullptr && !charge_or_refuse(tag, accounted(type), site)) {
    return false;
  }
  birth.tag = tag;
  if (options.on_relocate == nullptr && space_.may_park(type.size, type.alignment)) {
    const std::lock_guard guard(space_.lock());
    birth.home = space_.rejoin(type.size, tag, options.relocatable && type.movable, &birth.index);
    if (birth.home != nullptr) ledger_.note_in(tag, accounted(type));
  }
  if (birth.home == nullptr && !begin_anew(birth, options, site)) return false;
  ledger_.settle();
  return true;
}

bool HandleAllocator::begin_anew(Birth& birth, const HandleOptions& options,
                                 const CallSite& site) noexcept {
  const Type& type = *birth.type;
  const TagId tag = birth.tag;
  {
    const std::lock_guard guard(ledger_.lock());
    ledger_.note_in(tag, accounted(type));
  }
  bool denied_by_limit = false;
  constexpr std::uint32_t kNone = detail::HandleSlots::kNone;
  std::uint32_t index = kNone;
  (void)ledger_.take_records(sizeof(Slot), &denied_by_limit, [&] {
    index = slots_.take_free();
    if (index == kNone) {
      // Slots that wait with their blocks come before new ones.
      detail::BlockChunk* emptied = nullptr;
      {
        const std::lock_guard guard(space_.lock());
        space_.give_up_parked(&emptied);
      }
      space_.release(emptied);
      index = slots_.take();
    }
    return index == kNone ? nullptr : &index;
  });
  void* home = nullptr;
  detail::RelocateHook* hook = nullptr;
  if (index != kNone) {
    if (options.on_relocate != nullptr) {
      hook = ledger_.context().metadata.create<detail::RelocateHook>(
          detail::RelocateHook{options.on_relocate, options.context});
    }
    if (hook != nullptr || options.on_relocate == nullptr) {
      const bool movable = options.relocatable && type.movable;
      home = ledger_.take_memory(type.size, &denied_by_limit, [&](bool* by_limit) {
        return space_.allocate(type.size, type.alignment, {index, tag, movable}, by_limit);
      });
    }
  }
  if (home == nullptr) {
    ledger_.context().metadata.destroy(hook);
    if (index != kNone) slots_.give_back(index, slots_.record(index));
    ledger_.count_out(tag, accounted(type));
    ledger_.refuse_memory(tag, type.size, denied_by_limit, site);
    return false;
  }
  if (hook != nullptr) slots_.record(index).hook = hook;  // else it is null already
  birth.index = index;
  birth.home = home;
  return true;
}

GenerationalId HandleAllocator::publish(Birth& birth) noexcept {
  Slot& slot = *slots_.find(birth.index);
  const std::uint32_t generation = Slot::generation_of(slot.word.load(std::memory_order_relaxed));
  // With release, so that a reader that sees one of them sees the vacant word before it as well.
  slot.set_address(birth.home, *birth.type);
  slots_.record(birth.index).type.store(birth.type, std::memory_order_release);
  slot.word.store(Slot::word_of(generation), std::memory_order_release);
  const GenerationalId id{birth.index, generation};
  birth.index = detail::HandleSlots::kNone;
  if (ledger_.wants(FrameEventKind::HandleAlloc)) [[unlikely]]
    emit(FrameEventKind::HandleAlloc, id, *birth.type, birth.tag);
  return id;
}

void HandleAllocator::emit(FrameEventKind kind, GenerationalId id, const Type& type,
                           TagId tag) const noexcept {
  FrameEvent event;
  event.kind = kind;
  event.alloc_kind = AllocKind::Heap;
  event.id = std::uint64_t{id.index} << 32 | id.generation;
  event.size = type.size;
  ledger_.emit(event, tag);
}

// The constructor threw.
void HandleAllocator::abandon(Birth& birth) noexcept {
  Record& record = slots_.record(birth.index);
  release(record, birth.home, *birth.type);
  slots_.give_back(birth.index, record);
}

TagId HandleAllocator::release(Record& record, void* home, const Type& type) noexcept {
  if (record.hook != nullptr) {
    ledger_.context().metadata.destroy(record.hook);
    record.hook = nullptr;
  }
  const TagId tag = space_.free(home, type.size, type.alignment);
  ledger_.count_out(tag, accounted(type));
  return tag;
}

bool HandleAllocator::leave(Slot& slot, void* home, const Type& type, TagId* tag) noexcept {
  if (!space_.may_park(type.size, type.alignment)) return false;
  detail::BlockChunk* emptied = nullptr;
  {
    const std::lock_guard guard(space_.lock());
    if (!space_.leave(home, [&slot] { return detail::HandleSlots::vacate(slot); })) return false;
    *tag = detail::BlockChunk::header_of(home)->tag;
    ledger_.note_out(*tag, accounted(type));
    space_.give_up_idle(home, &emptied);
  }
  if (emptied != nullptr) [[unlikely]]
    space_.release(emptied);
  ledger_.uncharge(*tag, accounted(type));
  return true;
}

void HandleAllocator::end(std::uint32_t index, Slot& slot, Record& record) noexcept {
  const Type& type = *record.type.load(std::memory_order_relaxed);
  void* const object = slot.address(type);
  if (type.destroy != nullptr) type.destroy(object);
  const GenerationalId id{index, Slot::generation_of(slot.word.load(std::memory_order_relaxed))};
  TagId tag = TagId::Untagged;
  if (record.hook != nullptr || !leave(slot, object, type, &tag)) [[unlikely]] {
    tag = release(record, object, type);
    slots_.retire(index, slot, record);
  }
  if (ledger_.wants(FrameEventKind::HandleFree)) [[unlikely]]
    emit(FrameEventKind::HandleFree, id, type, tag);
}

bool HandleAllocator::free_object(GenerationalId id, const Type& type) noexcept {
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
      // After the word: a walker who came before it is seen here, one who comes later sees it.
      if (!pinned && slots_.walkers(id.index).load(std::memory_order_seq_cst) == 0) {
        end(id.index, *slot, record);
        return true;
      }
      deferred_.fetch_add(1, std::memory_order_relaxed);
      if (!pinned) {
        slot->word.fetch_and(~Slot::kMoving, std::memory_order_seq_cst);
        end_if_let_go(id.index);
      }
      return true;
    }
  }
  report_stale(id, type);
  return false;
}

// Called whenever a hold ends: whoever was last finds neither pins nor walkers.
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

HandleAllocator::GroupWalk::GroupWalk(HandleAllocator& handles, std::uint32_t first,
                                      const Type& type) noexcept
    : handles_(handles), slots_(handles.slots_.find(first)), first_(first) {
  const Record* const records = &handles_.slots_.record(first);
  // Looked at before they are held: a group without any such object costs no more than that.
  std::uint64_t seen = 0;
  for (std::uint32_t i = 0; i < detail::HandleSlots::kGroup; ++i) {
    const std::uint64_t word = slots_[i].word.load(std::memory_order_relaxed);
    if ((word & (Slot::kVacant | Slot::kDoomed)) != 0) continue;
    const Type* const actual = records[i].type.load(std::memory_order_acquire);
    if (actual != &type && (actual == nullptr || !detail::same_type(actual, &type))) continue;
    seen |= std::uint64_t{1} << i;
  }
  if (seen == 0) return;
  held_ = true;
  handles_.slots_.walkers(first).fetch_add(1, std::memory_order_seq_cst);
  for (unsigned round = 0; seen != 0;) {
    const auto i = static_cast<std::uint32_t>(std::countr_zero(seen));
    // After the count: whoever changes the word from here on sees that the object is held.
    const std::uint64_t word = slots_[i].word.load(std::memory_order_seq_cst);
    const bool alive = (word & (Slot::kVacant | Slot::kDoomed)) == 0;
    if (alive && (word & Slot::kMoving) != 0) {
      os::relax(round++);
      continue;
    }
    seen &= seen - 1;
    const Type* const actual = records[i].type.load(std::memory_order_acquire);
    // Another object may have come into the slot since.
    if (!alive || (actual != &type && !detail::same_type(actual, &type))) continue;
    void* const object = slots_[i].address(*actual);
    detail::fetch_for_writing(object);
    objects_[size_] = object;
    which_[size_++] = static_cast<std::uint8_t>(i);
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
