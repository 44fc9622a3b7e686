// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/handle_allocator.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/os/thread.hpp>

namespace framealloc {
namespace {

std::size_t accounted(const detail::HandleType& type) noexcept {
  return align_up(type.size, kGranule);
}

}  // namespace

namespace detail {
void unpin_handle(HandleAllocator& handles, HandleSlot& slot) noexcept { handles.unpin(slot); }
}  // namespace detail

HandleAllocator::HandleAllocator(const detail::AccountHost& host,
                                 const HandleConfig& config) noexcept
    : config_(config),
      account_(host),
      slots_(host.metadata, config.first_generation),
      space_(host.chunks) {}

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
      end(slot);
    }
  }
}

bool HandleAllocator::begin(Birth& birth, const HandleOptions& options,
                            const CallSite& site) noexcept {
  const Type& type = *birth.type;
  const TagId tag = account_.current_tag();
  BudgetManager::Denial denial;
  if (!account_.count_in(tag, accounted(type), 0, &denial)) {
    account_.report_denial(denial, tag, accounted(type), site);
    return false;
  }
  bool denied_by_limit = false;
  Slot* const slot =
      account_.take_records(sizeof(Slot), &denied_by_limit, [this] { return slots_.take(); });
  void* home = nullptr;
  detail::RelocateHook* hook = nullptr;
  if (slot != nullptr) {
    if (options.on_relocate != nullptr) {
      hook = account_.host().metadata.create<detail::RelocateHook>(
          detail::RelocateHook{options.on_relocate, options.context});
    }
    if (hook != nullptr || options.on_relocate == nullptr) {
      const bool movable = options.relocatable && type.movable;
      home = account_.take_memory(type.size, &denied_by_limit, [&](bool* by_limit) {
        return space_.allocate(type.size, type.alignment, {slot->index, tag, movable}, by_limit);
      });
    }
  }
  if (home == nullptr) {
    account_.host().metadata.destroy(hook);
    if (slot != nullptr) slots_.give_back(slot);
    account_.count_out(tag, accounted(type));
    account_.report_out_of_memory(tag, type.size, denied_by_limit, site);
    return false;
  }
  slot->hook = hook;
  birth.slot = slot;
  birth.home = home;
  birth.tag = tag;
  account_.settle();
  return true;
}

GenerationalId HandleAllocator::publish(Birth& birth) noexcept {
  Slot& slot = *birth.slot;
  birth.slot = nullptr;
  const std::uint32_t generation = Slot::generation_of(slot.word.load(std::memory_order_relaxed));
  // With release, so that a reader that sees one of them sees the vacant word before it as well.
  slot.address.store(birth.home, std::memory_order_release);
  slot.type.store(birth.type, std::memory_order_release);
  slot.word.store(Slot::word_of(generation), std::memory_order_release);
  const GenerationalId id{slot.index, generation};
  if (account_.tells(FrameEventKind::HandleAlloc)) [[unlikely]]
    tell(FrameEventKind::HandleAlloc, id, *birth.type, birth.tag);
  return id;
}

void HandleAllocator::tell(FrameEventKind kind, GenerationalId id, const Type& type,
                           TagId tag) const noexcept {
  FrameEvent event;
  event.kind = kind;
  event.alloc_kind = AllocKind::Heap;
  event.id = std::uint64_t{id.index} << 32 | id.generation;
  event.size = type.size;
  account_.tell(event, tag);
}

// The constructor threw.
void HandleAllocator::abandon(Birth& birth) noexcept {
  Slot& slot = *birth.slot;
  release(slot, birth.home, *birth.type);
  slots_.give_back(&slot);
}

TagId HandleAllocator::release(Slot& slot, void* home, const Type& type) noexcept {
  if (slot.hook != nullptr) {
    account_.host().metadata.destroy(slot.hook);
    slot.hook = nullptr;
  }
  const TagId tag = space_.free(home, type.size, type.alignment);
  account_.count_out(tag, accounted(type));
  return tag;
}

void HandleAllocator::end(Slot& slot) noexcept {
  const Type& type = *slot.type.load(std::memory_order_relaxed);
  void* const object = slot.address.load(std::memory_order_relaxed);
  if (type.destroy != nullptr) type.destroy(object);
  const TagId tag = release(slot, object, type);
  const GenerationalId id{slot.index,
                          Slot::generation_of(slot.word.load(std::memory_order_relaxed))};
  slots_.retire(&slot);
  if (account_.tells(FrameEventKind::HandleFree)) [[unlikely]]
    tell(FrameEventKind::HandleFree, id, type, tag);
}

bool HandleAllocator::free_object(GenerationalId id, const Type& type) noexcept {
  if (id.is_dangling()) return false;
  Slot* const slot = slots_.find(id.index);
  if (slot != nullptr) {
    std::uint64_t word = slot->word.load(std::memory_order_acquire);
    for (unsigned round = 0; Slot::lives(word, id.generation);) {
      if ((word & Slot::kMoving) != 0) {
        os::relax(round++);
        word = slot->word.load(std::memory_order_acquire);
        continue;
      }
      if (!detail::same_type(slot->type.load(std::memory_order_acquire), &type)) break;
      if (!slot->word.compare_exchange_weak(word, word | Slot::kDoomed, std::memory_order_acq_rel,
                                            std::memory_order_acquire)) {
        continue;
      }
      if ((word & Slot::kMostPins) == 0) {
        end(*slot);
      } else {
        deferred_.fetch_add(1, std::memory_order_relaxed);
      }
      return true;
    }
  }
  report_stale(id, type);
  return false;
}

void* HandleAllocator::find_slowly(GenerationalId id, const Type& type, bool report) noexcept {
  if (id.is_dangling()) return nullptr;
  Slot* const slot = slots_.find(id.index);
  if (slot != nullptr) {
    for (unsigned round = 0;; ++round) {
      const std::uint64_t word = slot->word.load(std::memory_order_acquire);
      if (!Slot::lives(word, id.generation)) break;
      void* const address = slot->address.load(std::memory_order_acquire);
      const Type* const actual = slot->type.load(std::memory_order_acquire);
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

HandleAllocator::Slot* HandleAllocator::pin_slot(GenerationalId id, const Type& type,
                                                 bool report) noexcept {
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
      if (!detail::same_type(slot->type.load(std::memory_order_acquire), &type)) break;
      if (slot->word.compare_exchange_weak(word, word + Slot::kPin, std::memory_order_acquire,
                                           std::memory_order_acquire)) {
        return slot;
      }
    }
  }
  if (report) report_stale(id, type);
  return nullptr;
}

HandleAllocator::Slot* HandleAllocator::pin_any(std::uint32_t index, const Type& type,
                                                std::uint32_t* generation) noexcept {
  const Slot& slot = *slots_.find(index);
  const std::uint64_t word = slot.word.load(std::memory_order_acquire);
  if ((word & (Slot::kVacant | Slot::kDoomed)) != 0) return nullptr;
  *generation = Slot::generation_of(word);
  return pin_slot(GenerationalId{index, *generation}, type, false);
}

void HandleAllocator::unpin(Slot& slot) noexcept {
  const std::uint64_t before = slot.word.fetch_sub(Slot::kPin, std::memory_order_acq_rel);
  if ((before & Slot::kMostPins) != Slot::kPin || (before & Slot::kDoomed) == 0) return;
  deferred_.fetch_sub(1, std::memory_order_relaxed);
  end(slot);
}

}  // namespace framealloc
