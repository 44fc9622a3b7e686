// SPDX-License-Identifier: MIT OR Apache-2.0
// A thread's coming and going, its tables, and the full path of an allocation.
#include <framealloc/detail/pool/pool_thread.hpp>

#include <framealloc/align.hpp>

#include <memory>
#include <mutex>
#include <new>

namespace framealloc::detail {
namespace {

constexpr std::size_t kind_index(AllocKind kind) noexcept {
  return kind == AllocKind::Pool ? 0 : 1;
}

}  // namespace

PoolThread::PoolThread(PoolShared& shared, ThreadLedger& ledger) noexcept
    : shared_(shared),
      ledger_(ledger),
      number_(shared.next_number_.fetch_add(1, std::memory_order_relaxed)) {
  for (std::size_t kind = 0; kind < kKinds; ++kind)
    blocks_[kind][0].store(first_block_[kind], std::memory_order_relaxed);
  for (Outgoing& outgoing : outgoing_) outgoing.owner = nobody();
  next_ = shared.threads_.load(std::memory_order_relaxed);
  while (!shared.threads_.compare_exchange_weak(next_, this, std::memory_order_release,
                                                std::memory_order_relaxed)) {
  }
}

void PoolThread::attach(std::uintptr_t thread_word, ThreadId id) noexcept {
  thread_word_ = thread_word;
  id_ = id;
  id_number_.store(id.value, std::memory_order_relaxed);
  inbox_.open();
  recalled_.store(0, std::memory_order_relaxed);
  select(TagId::Untagged);
}

void PoolThread::detach() noexcept {
  leaving_ = true;  // from here on nothing is told: a listener would use what is taken apart
  flush();
  drain(kEverything);
  for_each_list([this](ClassList& list) {
    return_to_pages(list, list.ready());
    release_empty(list);
  });
  if (shared_.large_ != nullptr) shared_.large_->collect(*this, true);

  RemoteNode* late = nullptr;
  {
    const std::lock_guard guard(shared_.orphanage_.lock());
    for_each_list([this](ClassList& list) {
      for (const SlabPlace place : {SlabPlace::Usable, SlabPlace::Full}) {
        while (SlabHeader* const slab = list.slabs[static_cast<std::size_t>(place)]) {
          unlink_slab(list, slab);
          shared_.orphanage_.take_in(slab);
        }
      }
    });
    // From here on no free lands in the inbox; until now its owner was this thread.
    late = inbox_.close();
  }
  tag_ = TagId::Untagged;
  away_bytes_.set(0);
  current_ = &empty_pool_table;
  forget_lists();
  thread_word_ = 0;
  std::size_t bytes = 0;
  const std::size_t routed = shared_.route_all(late, &bytes);
  deferred_.note_processed(routed, bytes);
  leaving_ = false;
}

PoolTable* PoolThread::select(TagId tag) noexcept {
  tag_ = shared_.segregate_by_tag_ ? tag : TagId::Untagged;
  PoolTable* const table = table_for_allocation(AllocKind::Pool);
  current_ = table != nullptr ? table : &empty_pool_table;
  return current_;
}

bool PoolThread::note_heap_tag(TagId tag) noexcept {
  const TagId counted = shared_.segregate_by_tag_ ? tag : TagId::Untagged;
  const TableEntry* const entry = find_entry(kHeapTables, counted);
  if (entry == nullptr || entry->table == nullptr) return false;
  known_heap_tags_[static_cast<std::size_t>(tag) % kKnownHeapTags] = {entry->table, tag};
  return true;
}

PoolTable* PoolThread::table_for_allocation(AllocKind kind) noexcept {
  PoolTable* const table = table_of(kind, tag_);
  if (table == nullptr) return table_of(kind, TagId::Untagged);
  if (kind == AllocKind::Heap && current_ != &empty_pool_table) current_->heap = table;
  return table;
}

PoolTable* PoolThread::table_of(AllocKind kind, TagId tag) noexcept {
  const auto index = static_cast<std::size_t>(tag);
  AtomicPointer<TableEntry>& blocks = blocks_[kind_index(kind)][index / kBlock];
  TableEntry* block = blocks.load(std::memory_order_relaxed);
  if (block == nullptr) {
    void* const memory = shared_.metadata_.allocate(kBlock * sizeof(TableEntry));
    if (memory == nullptr) return nullptr;
    block = static_cast<TableEntry*>(memory);
    std::uninitialized_value_construct_n(block, kBlock);
    blocks.store(block, std::memory_order_release);
  }
  TableEntry& entry = block[index % kBlock];
  if (entry.table == nullptr) entry.table = make_table(kind, tag, entry.first_list);
  return entry.table;
}

PoolTable* PoolThread::make_table(AllocKind kind, TagId tag,
                                  AtomicPointer<ClassList>& first_list) noexcept {
  const SizeClasses& classes = shared_.classes_;
  void* const memory =
      shared_.metadata_.allocate(sizeof(PoolTable) + classes.size() * sizeof(ClassList*));
  if (memory == nullptr) return nullptr;
  auto* const table = ::new (memory) PoolTable();
  table->lists = reinterpret_cast<ClassList**>(static_cast<std::byte*>(memory) + sizeof(PoolTable));
  table->list_count = classes.size();
  table->tag = tag;
  table->kind = kind;
  table->first_list = &first_list;
  std::uninitialized_fill_n(table->lists, table->list_count, nullptr);
  table->next = tables_.load(std::memory_order_relaxed);
  tables_.store(table, std::memory_order_release);
  return table;
}

ClassList* PoolThread::make_list(PoolTable& table, std::size_t class_index) noexcept {
  ListBlock* block = list_blocks_.load(std::memory_order_relaxed);
  std::size_t count = block == nullptr ? 0 : block->count.load(std::memory_order_relaxed);
  if (block == nullptr || count == ListBlock::kLists) {
    ListBlock* const more = shared_.metadata_.create<ListBlock>();
    if (more == nullptr) return nullptr;
    more->next = block;
    list_blocks_.store(more, std::memory_order_release);
    block = more;
    count = 0;
  }
  const SizeClasses& classes = shared_.classes_;
  ClassList& list = block->lists[count];
  list.block_size = classes[class_index].block_size;
  list.alignment = classes[class_index].alignment;
  list.class_index = static_cast<std::uint32_t>(class_index);
  list.kind = table.kind;
  list.table = &table;
  list.next_in_table = table.first_list->load(std::memory_order_relaxed);
  block->count.store(count + 1, std::memory_order_release);
  table.first_list->store(&list, std::memory_order_release);
  table.lists[class_index] = &list;
  // While calls are verified the inline path finds empty lists only.
  if (!shared_.checked_) {
    std::size_t granules = list.block_size / kGranule;
    for (; granules != SIZE_MAX && classes.index_of_granules(granules) == class_index; --granules) {
      table.by_granule[granules] = &list;
    }
  }
  return &list;
}

void* PoolThread::allocate(std::size_t size, std::size_t alignment, AllocKind kind,
                           const CallSite& site, Denial* why) noexcept {
  if (!is_power_of_two(alignment) || size > kMaxRequest || alignment > kMaxRequest) {
    Text<192> message;
    message.append(size).append(" bytes aligned to ").append(alignment);
    message.append(": no block can be that large or so aligned");
    Denial::store(why, {Code::FA011, TagId::Untagged, kMaxRequest});
    shared_.report(Code::FA011, message, tag_, size, kMaxRequest, site);
    return nullptr;
  }
  answer_recall();
  const std::size_t room = shared_.with_tail(size);
  if (!is_slab_request(room, alignment)) {
    if (shared_.large_ != nullptr) {
      return shared_.large_->allocate_large(*this, size, alignment, kind, site, why);
    }
    shared_.refuse_memory(tag_, size, false, site, why);
    return nullptr;
  }
  PoolTable* const table = table_for_allocation(kind);
  if (table == nullptr) {
    shared_.refuse_memory(tag_, size, shared_.limit_is_reached(), site, why);
    return nullptr;
  }
  // It may have been the empty one for want of memory.
  if (kind == AllocKind::Pool) current_ = table;
  ClassList* const found = list_of(*table, shared_.classes_.find(room, alignment));
  if (found == nullptr) {
    shared_.refuse_memory(tag_, size, shared_.limit_is_reached(), site, why);
    return nullptr;
  }
  ClassList& list = *found;
  const bool dry = list.free == nullptr;
  if (dry && !refill(list, size, site, why)) return nullptr;
  FreeBlock* const block = list.free;
  list.free = shared_.checked_ ? after_verified(list) : block->next;
  list.allocations.increment();
  if (dry || shared_.verifies()) [[unlikely]]
    finish_allocation(list, block, size, dry, site);
  return block;
}

}  // namespace framealloc::detail
