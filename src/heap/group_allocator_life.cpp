// SPDX-License-Identifier: MIT OR Apache-2.0
// How groups begin and end.
#include <framealloc/group_allocator.hpp>

#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/text.hpp>

#include <cstring>
#include <mutex>
#include <utility>

namespace framealloc {
namespace {

using detail::kRelaxed;
constexpr std::size_t kFirstSegment = 1024;

}  // namespace

GroupAllocator::GroupAllocator(const detail::AllocatorContext& context) noexcept
    : ledger_(context),
      space_(context.chunks),
      table_(context.metadata),
      // A quarter of a chunk, so that pieces of several groups fill one.
      most_segment_(context.chunks.chunk_size() / 4) {}

GroupAllocator::~GroupAllocator() {
  while (youngest_root_ != nullptr) {
    (void)free_group(GroupId({youngest_root_->index, youngest_root_->generation}));
  }
}

GroupId GroupAllocator::create_group(std::string_view name, std::size_t budget,
                                     CallSite site) noexcept {
  return create(nullptr, name, budget, site);
}

GroupId GroupAllocator::create_child(GroupId parent, std::string_view name, std::size_t budget,
                                     CallSite site) noexcept {
  return create(&parent, name, budget, site);
}

GroupId GroupAllocator::create(const GroupId* parent, std::string_view name, std::size_t budget,
                               const CallSite& site) noexcept {
  const TagId tag = ledger_.current_tag();
  detail::MetadataAllocator& metadata = ledger_.context().metadata;
  bool denied_by_limit = false;
  auto* const letters = static_cast<char*>(ledger_.take_records(
      name.size(), &denied_by_limit, [&] { return metadata.allocate(name.size()); }));
  if (letters == nullptr) {
    ledger_.refuse_memory(tag, name.size(), denied_by_limit, site);
    return GroupId();
  }
  Slot* created = nullptr;
  GenerationalId id;
  detail::ReclaimLoop reclaim(ledger_.context().pressure);
  if (!name.empty()) std::memcpy(letters, name.data(), name.size());
  for (;;) {
    {
      const std::lock_guard guard(table_.lock());
      Slot* const over = parent == nullptr ? nullptr : table_.find(parent->id().index);
      if (parent != nullptr && (over == nullptr || !lives(*over, *parent))) break;
      if (Slot* const slot = table_.take()) {
        slot->tag = tag;
        slot->name = letters;
        slot->name_size = name.size();
        settle(*slot, over, budget);
        created = slot;
        id = GenerationalId{slot->index, slot->generation};
      }
    }
    if (created != nullptr) {
      // The name as it was given: another thread may have ended the group already.
      if (ledger_.wants(FrameEventKind::GroupCreated)) [[unlikely]]
        emit_created(id, name, budget, tag);
      return GroupId(id);
    }
    if (table_.bring()) continue;
    denied_by_limit = metadata.limit_is_reached();
    if (reclaim.more(sizeof(Slot), denied_by_limit)) continue;
    metadata.deallocate(letters, name.size());
    ledger_.refuse_memory(tag, sizeof(Slot), denied_by_limit, site);
    return GroupId();
  }
  metadata.deallocate(letters, name.size());
  report_stale(*parent, "asked to hold another group", site);
  return GroupId();
}

void GroupAllocator::emit_created(GenerationalId id, std::string_view name, std::size_t budget,
                                  TagId tag) const noexcept {
  FrameEvent event;
  event.kind = FrameEventKind::GroupCreated;
  event.alloc_kind = AllocKind::Heap;
  event.id = std::uint64_t{id.index} << 32 | id.generation;
  event.name = name;
  event.limit = budget;
  ledger_.emit(event, tag);
}

// Requirement: nothing keeps the group, and it still has its name.
void GroupAllocator::emit_freed(const Slot& slot) const noexcept {
  // Its generation is the next group's already.
  const std::uint32_t generation = slot.generation == 1 ? UINT32_MAX : slot.generation - 1;
  FrameEvent event;
  event.kind = FrameEventKind::GroupFreed;
  event.alloc_kind = AllocKind::Heap;
  event.id = std::uint64_t{slot.index} << 32 | generation;
  event.name = std::string_view(slot.name, slot.name_size);
  event.size = slot.bytes;
  event.count = slot.count;
  ledger_.emit(event, slot.tag);
}

void GroupAllocator::settle(Slot& slot, Slot* parent, std::size_t budget) noexcept {
  slot.parent = parent;
  slot.budget = budget;
  slot.budgeted = budget != 0 ? &slot : parent != nullptr ? parent->budgeted : nullptr;
  slot.charged.store(0, kRelaxed);
  slot.next_segment = kFirstSegment < most_segment_ ? kFirstSegment : most_segment_;
  slot.references.store(1, kRelaxed);
  Slot*& youngest = parent == nullptr ? youngest_root_ : parent->youngest_child;
  slot.older_sibling = youngest;
  slot.younger_sibling = nullptr;
  slot.youngest_child = slot.oldest_child = nullptr;
  if (youngest != nullptr) youngest->younger_sibling = &slot;
  youngest = &slot;
  if (parent != nullptr) {
    if (parent->oldest_child == nullptr) parent->oldest_child = &slot;
    parent->references.fetch_add(1, kRelaxed);
  }
  created_.fetch_add(1, kRelaxed);
  const std::lock_guard guard(slot.lock);
  slot.alive = true;
}

// Effect: the group and all inside it are stale. Result: they, linked: children before parents,
// youngest first.
GroupAllocator::Slot* GroupAllocator::condemn(Slot& root) noexcept {
  if (root.younger_sibling != nullptr) root.younger_sibling->older_sibling = root.older_sibling;
  if (root.older_sibling != nullptr) root.older_sibling->younger_sibling = root.younger_sibling;
  if (root.younger_sibling == nullptr) {
    (root.parent == nullptr ? youngest_root_ : root.parent->youngest_child) = root.older_sibling;
  }
  if (root.older_sibling == nullptr && root.parent != nullptr) {
    root.parent->oldest_child = root.younger_sibling;
  }
  // Parents first and older ones first, each put before those met so far.
  Slot* list = nullptr;
  for (Slot* slot = &root;;) {
    slot->next_to_free = list;
    list = slot;
    {
      const std::lock_guard guard(slot->lock);
      slot->alive = false;
      if (++slot->generation == 0) slot->generation = 1;  // 0 would be a dangling id
    }
    if (slot->oldest_child != nullptr) {
      slot = slot->oldest_child;
      continue;
    }
    while (slot != &root && slot->younger_sibling == nullptr) slot = slot->parent;
    if (slot == &root) return list;
    slot = slot->younger_sibling;
  }
}

bool GroupAllocator::free_group(GroupId group) noexcept {
  Slot* list = nullptr;
  {
    const std::lock_guard guard(table_.lock());
    Slot* const slot = table_.find(group.id().index);
    if (slot != nullptr && lives(*slot, group)) list = condemn(*slot);
  }
  if (list == nullptr) {
    if (group) report_stale(group, "freed");
    return false;
  }
  while (list != nullptr) {
    Slot* const slot = list;
    list = slot->next_to_free;  // first: the slot may have another group a moment later
    let_go(*slot);
  }
  return true;
}

void GroupAllocator::let_go(Slot& slot) noexcept {
  // A group that goes lets go of its parent.
  for (Slot* last = &slot; last != nullptr;) {
    if (last->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    last = finish(*last);
  }
}

// Requirement: nothing keeps it. Result: its parent.
GroupAllocator::Slot* GroupAllocator::finish(Slot& slot) noexcept {
  while (slot.finalizers != nullptr) {
    detail::Finalizer* const finalizer = slot.finalizers;
    slot.finalizers = finalizer->next;
    finalizer->destroy(finalizer->objects, finalizer->count);
  }
  while (slot.segments != nullptr) {
    detail::GroupSegment* const segment = slot.segments;
    slot.segments = segment->next;
    const std::size_t held = segment->held;
    space_.free(segment, held, detail::GroupSegment::kHeader);
    ledger_.count_out(slot.tag, held);
  }
  uncharge(slot, slot.bytes);
  if (ledger_.wants(FrameEventKind::GroupFreed)) [[unlikely]]
    emit_freed(slot);
  ledger_.context().metadata.deallocate(slot.name, slot.name_size);
  freed_.fetch_add(1, kRelaxed);
  Slot* const parent = slot.parent;
  const std::lock_guard guard(table_.lock());
  const std::lock_guard inner(slot.lock);
  slot.cursor = 1;
  slot.limit = 0;
  slot.bytes = slot.count = slot.held = slot.segment_count = 0;
  table_.give(&slot);
  return parent;
}

}  // namespace framealloc
