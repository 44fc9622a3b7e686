// SPDX-License-Identifier: MIT OR Apache-2.0
// How a HandleAllocator finds memory for an object, and keeps that of one that is gone for the
// next.
#include <framealloc/handle_allocator.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/base/relaxed_compare.hpp>
#include <framealloc/frame_arena.hpp>

#include <mutex>

namespace framealloc {
namespace {

std::size_t accounted(const detail::HandleType& type) noexcept {
  return align_up(type.size, kGranule);
}

}  // namespace

// --- What waits with the thread that freed it
// -----------------------------------------------------

FRAMEALLOC_ALWAYS_INLINE void* HandleAllocator::take_from(os::ThreadRecord& mine, const Type& type,
                                                          TagId tag) noexcept {
  detail::HandleCache* const cache = caches_.find(mine);
  if (cache == nullptr) [[unlikely]]
    return nullptr;
  const std::uint64_t key = detail::with_tag(type.block_key, tag);
  detail::HandleCache::Entry& entry = cache->entry_for(key);
  if (!detail::holds_relaxed(entry.key, key) || !os::try_enter_section(mine)) [[unlikely]]
    return nullptr;
  void* const home = cache->take(entry);
  os::leave_section(mine);
  return home;
}

void* HandleAllocator::take_waiting(const Type& type) noexcept {
  return take_from(*os::thread_record, type, ledger_.current_tag());
}

FRAMEALLOC_ALWAYS_INLINE GenerationalId HandleAllocator::publish_here(std::uint32_t index,
                                                                      void* home, const Type& type,
                                                                      TagId tag) noexcept {
  Slot& slot = slots_.at(index);
  const std::uint32_t generation = Slot::generation_of(slot.word.load(std::memory_order_relaxed));
  // With release, so that a reader that sees one of them sees the vacant word before it as well.
  slot.set_address(home, type);
  slots_.record(index).type.store(&type, std::memory_order_release);
  slot.word.store(Slot::word_of(generation), std::memory_order_release);
  const GenerationalId id{index, generation};
  if (ledger_.wants(FrameEventKind::HandleAlloc)) [[unlikely]]
    return emit(FrameEventKind::HandleAlloc, id, type, tag);
  return id;
}

GenerationalId HandleAllocator::publish(std::uint32_t index, void* home, const Type& type,
                                        TagId tag) noexcept {
  return publish_here(index, home, type, tag);
}

FRAMEALLOC_ALWAYS_INLINE GenerationalId HandleAllocator::make_from(os::ThreadRecord& mine,
                                                                   const Type& type,
                                                                   TagId tag) noexcept {
  void* const home = take_from(mine, type, tag);
  if (home == nullptr) [[unlikely]]
    return {};
  return publish_here(detail::BlockChunk::header_of(home)->owner, home, type, tag);
}

GenerationalId HandleAllocator::make_waiting(const Type& type) noexcept {
  const std::size_t slot = ledger_.context().tls_slot;
  if (slot == detail::kSharedTlsSlot) [[unlikely]]
    return make_asking(type);
  os::ThreadRecord& mine = *os::thread_record;
  return make_from(mine, type, mine.slots[slot].arena->tag());
}

// For an allocator whose threads have no slot of their own.
GenerationalId HandleAllocator::make_asking(const Type& type) noexcept {
  return make_from(*os::thread_record, type, ledger_.current_tag());
}

FRAMEALLOC_ALWAYS_INLINE bool HandleAllocator::leave_to_thread(Slot& slot, std::uint32_t generation,
                                                               void* home,
                                                               const Type& type) noexcept {
  os::ThreadRecord& mine = *os::thread_record;
  detail::HandleCache* const cache = caches_.find(mine);
  if (cache == nullptr) [[unlikely]]
    return false;
  // What an object does not fill exactly, or may not move though its type may, goes another way.
  const std::uint64_t key = detail::BlockChunk::key_of(home);
  if (detail::without_tag(key) != type.block_key) [[unlikely]]
    return false;
  // The last blocks of a chunk do not wait: it is to be given back with them.
  if (space_.chunk_of(home)->blocks_beside() <= cache->waiting_at_most()) [[unlikely]]
    return false;
  detail::HandleCache::Entry& entry = cache->entry_for(key);
  if (!detail::holds_relaxed(entry.key, key) || !os::try_enter_section(mine)) [[unlikely]]
    return false;
  const bool waits =
      cache->put(entry, home, [&] { return detail::HandleSlots::vacate(slot, generation); });
  os::leave_section(mine);
  return waits;
}

// The usual object: not held, of a type without a destructor, without a hook, and room for it to
// wait with the thread. Everything else is done the long way.
bool HandleAllocator::free_object(GenerationalId id, const Type& type) noexcept {
  Slot* const slot = slots_.find(id.index);
  if (slot == nullptr) [[unlikely]]
    return free_slowly(id, type);
  Record& record = slots_.record(id.index);
  std::uint64_t word = Slot::word_of(id.generation);
  if (record.type.load(std::memory_order_acquire) != &type ||
      !slot->word.compare_exchange_strong(word, word | Slot::kDoomed | Slot::kMoving,
                                          std::memory_order_seq_cst, std::memory_order_relaxed))
      [[unlikely]] {
    return free_slowly(id, type);
  }
  // After the word: an earlier walker is seen here, and a later one sees the word.
  if (slots_.walkers(id.index).load(std::memory_order_seq_cst) != 0 || type.destroy != nullptr ||
      record.hook != nullptr || ledger_.wants(FrameEventKind::HandleFree) ||
      !leave_to_thread(*slot, id.generation, slot->address(type), type)) [[unlikely]] {
    end_or_defer(id.index, *slot, record);
  }
  return true;
}

void HandleAllocator::end(std::uint32_t index, Slot& slot, Record& record) noexcept {
  const Type& type = *record.type.load(std::memory_order_relaxed);
  void* const object = slot.address(type);
  if (type.destroy != nullptr) type.destroy(object);
  const GenerationalId id{index, Slot::generation_of(slot.word.load(std::memory_order_relaxed))};
  const TagId tag = space_.tag_of(object, type.size, type.alignment);
  if (record.hook != nullptr ||
      (!leave_to_thread(slot, id.generation, object, type) && !leave_to_all(slot, object, type))) {
    (void)release(record, object, type);
    slots_.retire(index, slot, record);
  }
  if (ledger_.wants(FrameEventKind::HandleFree)) [[unlikely]]
    (void)emit(FrameEventKind::HandleFree, id, type, tag);
}

void HandleAllocator::prepare_cache(std::uint64_t key) noexcept {
  detail::HandleCache* const cache = caches_.make();
  if (cache == nullptr) return;
  cache->settle();
  detail::HandleCache::Entry& entry = cache->entry_for(key);
  if (entry.key.load(std::memory_order_relaxed) == key) return;
  detail::BlockChunk* emptied = nullptr;
  {
    const std::lock_guard guard(space_.lock());
    (void)withdraw(*cache, entry, &emptied);
    caches_.tell_counts(ledger_);
    entry.key.store(key, std::memory_order_relaxed);
  }
  space_.release(emptied);
}

std::size_t HandleAllocator::withdraw(detail::HandleCache& cache, detail::HandleCache::Entry& entry,
                                      detail::BlockChunk** emptied) noexcept {
  std::size_t bytes = 0;
  cache.withdraw(entry, [&](void* block) {
    const detail::BlockHeader header = *detail::BlockChunk::header_of(block);
    space_.give_back(block, emptied);
    space_.give_up_idle(block, emptied);
    slots_.give_back(header.owner, slots_.record(header.owner));
    const std::size_t charged = detail::HandleCache::bytes_of(entry);
    ledger_.uncharge(header.tag, charged);
    bytes += charged;
  });
  return bytes;
}

std::size_t HandleAllocator::withdraw_all(detail::BlockChunk** emptied) noexcept {
  std::size_t bytes = 0;
  caches_.for_each_entry([&](detail::HandleCache& cache, detail::HandleCache::Entry& entry) {
    bytes += withdraw(cache, entry, emptied);
  });
  return bytes;
}

std::size_t HandleAllocator::release_cached() noexcept {
  detail::BlockChunk* emptied = nullptr;
  std::size_t bytes = 0;
  {
    const std::lock_guard guard(space_.lock());
    bytes = withdraw_all(&emptied);
  }
  space_.release(emptied);
  return bytes;
}

void HandleAllocator::tell_counts(void* handles, detail::SharedLedger& ledger) noexcept {
  static_cast<HandleAllocator*>(handles)->caches_.tell_counts(ledger);
}

// --- What waits for any thread, and what does not wait
// --------------------------------------------

bool HandleAllocator::charge_or_refuse(TagId tag, std::size_t bytes,
                                       const CallSite& site) noexcept {
  BudgetManager* const budgets = ledger_.context().budgets;
  if (budgets == nullptr) return true;
  if (budgets->remaining(tag) < bytes) (void)release_cached();
  detail::Denial denial;
  if (ledger_.charge(tag, bytes, &denial)) return true;
  ledger_.refuse(denial, tag, bytes, site);
  return false;
}

bool HandleAllocator::begin(Birth& birth, const HandleOptions& options,
                            const CallSite& site) noexcept {
  const Type& type = *birth.type;
  const TagId tag = ledger_.current_tag();
  if (!charge_or_refuse(tag, accounted(type), site)) return false;
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
        (void)withdraw_all(&emptied);
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
        return allocate_block(type, {index, tag, movable}, by_limit);
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

void* HandleAllocator::allocate_block(const Type& type, const detail::BlockOwner& owner,
                                      bool* denied_by_limit) noexcept {
  void* const block = space_.allocate(type.size, type.alignment, owner, denied_by_limit);
  // What waits may make a hole that is large enough.
  if (block != nullptr || release_cached() == 0) return block;
  return space_.allocate(type.size, type.alignment, owner, denied_by_limit);
}

// The constructor threw.
void HandleAllocator::abandon(Birth& birth) noexcept {
  Record& record = slots_.record(birth.index);
  (void)release(record, birth.home, *birth.type);
  slots_.give_back(birth.index, record);
}

TagId HandleAllocator::release(Record& record, void* home, const Type& type) noexcept {
  if (record.hook != nullptr) {
    ledger_.context().metadata.destroy(record.hook);
    record.hook = nullptr;
  }
  const TagId tag = space_.tag_of(home, type.size, type.alignment);
  if (space_.is_large(type.size, type.alignment)) {
    (void)space_.free(home, type.size, type.alignment);
    ledger_.count_out(tag, accounted(type));
    return tag;
  }
  detail::BlockChunk* emptied = nullptr;
  {
    const std::lock_guard guard(space_.lock());
    withdraw_from_last(home, &emptied);
    space_.give_back(home, &emptied);
    space_.give_up_idle(home, &emptied);  // a chunk that was emptied is still there
    ledger_.note_out(tag, accounted(type));
  }
  space_.release(emptied);
  ledger_.uncharge(tag, accounted(type));
  return tag;
}

// If all the others in the chunk of a block that goes may only be waiting, they wait no longer: the
// chunk is to go as well.
void HandleAllocator::withdraw_from_last(void* home, detail::BlockChunk** emptied) noexcept {
  if (space_.chunk_of(home)->unparked_blocks() - 1 <= caches_.waiting()) {
    (void)withdraw_all(emptied);
  }
}

bool HandleAllocator::leave_to_all(Slot& slot, void* home, const Type& type) noexcept {
  if (!space_.may_park(type.size, type.alignment)) return false;
  detail::BlockChunk* emptied = nullptr;
  const std::uint64_t key = detail::BlockChunk::key_of(home);
  const TagId tag = detail::tag_of_key(key);
  bool waits = false;
  {
    const std::lock_guard guard(space_.lock());
    withdraw_from_last(home, &emptied);
    waits = space_.leave(home, [&slot] { return detail::HandleSlots::vacate(slot); });
    if (waits) {
      ledger_.note_out(tag, accounted(type));
      space_.give_up_idle(home, &emptied);
    }
  }
  if (emptied != nullptr) [[unlikely]]
    space_.release(emptied);
  if (detail::without_tag(key) == type.block_key) prepare_cache(key);
  if (!waits) return false;
  ledger_.uncharge(tag, accounted(type));
  return true;
}

}  // namespace framealloc
