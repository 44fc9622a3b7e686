// SPDX-License-Identifier: MIT OR Apache-2.0
// What groups tell about themselves, and the handle.
#include <framealloc/group_allocator.hpp>

#include <algorithm>
#include <mutex>

namespace framealloc {

template <class R, class Look>
R GroupAllocator::look_at(GroupId group, R otherwise, Look&& look) const {
  Slot* const slot = table_.find(group.id().index);
  if (slot == nullptr) return otherwise;
  const std::lock_guard guard(slot->lock);
  return lives(*slot, group) ? look(*slot) : otherwise;
}

std::size_t GroupAllocator::group_size(GroupId group) const noexcept {
  return look_at(group, std::size_t{0}, [](const Slot& slot) { return slot.bytes; });
}

std::size_t GroupAllocator::group_count(GroupId group) const noexcept {
  return look_at(group, std::size_t{0}, [](const Slot& slot) { return slot.count; });
}

std::string GroupAllocator::group_name(GroupId group) const {
  return look_at(group, std::string(),
                 [](const Slot& slot) { return std::string(slot.name, slot.name_size); });
}

bool GroupAllocator::group_exists(GroupId group) const noexcept {
  return look_at(group, false, [](const Slot&) { return true; });
}

std::size_t GroupAllocator::budget_remaining(GroupId group) const noexcept {
  return look_at(group, std::size_t{0}, [](const Slot& slot) {
    std::size_t least = SIZE_MAX;
    for (const Slot* payer = slot.budgeted; payer != nullptr;) {
      least = std::min(least, payer->budget - payer->charged.load(std::memory_order_relaxed));
      payer = payer->parent == nullptr ? nullptr : payer->parent->budgeted;
    }
    return least;
  });
}

GroupStats GroupAllocator::stats() const noexcept {
  GroupStats all;
  const std::uint32_t slots = table_.size();
  for (std::uint32_t index = 0; index < slots; ++index) {
    Slot* const slot = table_.find(index);
    const std::lock_guard guard(slot->lock);
    if (!slot->alive) continue;
    ++all.total_groups;
    all.total_allocations += slot->count;
    all.total_bytes += slot->bytes;
    all.reserved_bytes += slot->held;
    all.segments += slot->segment_count;
  }
  all.groups_created = created_.load(std::memory_order_relaxed);
  all.groups_freed = freed_.load(std::memory_order_relaxed);
  all.segments_taken = segments_taken_.load(std::memory_order_relaxed);
  all.denials = denials_.load(std::memory_order_relaxed);
  return all;
}

void* GroupHandle::alloc_layout(std::size_t size, std::size_t alignment, CallSite site) noexcept {
  return groups_ == nullptr ? nullptr : groups_->alloc_layout(id_, size, alignment, site);
}

GroupHandle GroupHandle::child(std::string_view name, std::size_t budget, CallSite site) noexcept {
  if (groups_ == nullptr) return GroupHandle();
  return GroupHandle(*groups_, groups_->create_child(id_, name, budget, site));
}

std::size_t GroupHandle::size() const noexcept {
  return groups_ == nullptr ? 0 : groups_->group_size(id_);
}

std::size_t GroupHandle::count() const noexcept {
  return groups_ == nullptr ? 0 : groups_->group_count(id_);
}

std::string GroupHandle::name() const {
  return groups_ == nullptr ? std::string() : groups_->group_name(id_);
}

void GroupHandle::free_all() noexcept {
  GroupAllocator* const groups = std::exchange(groups_, nullptr);
  const GroupId id = std::exchange(id_, GroupId());
  if (groups != nullptr && groups->group_exists(id)) (void)groups->free_group(id);
}

}  // namespace framealloc
