// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/group_allocator.hpp>

#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/text.hpp>

#include <algorithm>
#include <bit>
#include <mutex>
#include <new>

namespace framealloc {
namespace {

using detail::kRelaxed;
constexpr std::size_t kMostBytes = kMaxRequest / 4;

using detail::GroupSegment;

// Two blocks of no bytes have two addresses.
std::size_t rounded(std::size_t size) noexcept { return align_up(size == 0 ? 1 : size, kGranule); }

}  // namespace

void* GroupAllocator::bump(Slot& slot, const Request& request) noexcept {
  const std::uintptr_t start = (slot.cursor + request.alignment - 1) & (0 - request.alignment);
  const std::uintptr_t end = start + rounded(request.front + request.size);
  if (end > slot.limit) return nullptr;
  slot.cursor = end;
  slot.bytes += request.size;
  ++slot.count;
  return reinterpret_cast<void*>(start);
}

void* GroupAllocator::alloc_layout(GroupId group, std::size_t size, std::size_t alignment,
                                   CallSite site) noexcept {
  const Request request{
      size, 0, is_power_of_two(alignment) && alignment < kGranule ? kGranule : alignment, site};
  return allocate(group, request, nullptr);
}

bool GroupAllocator::begin(Birth& birth, GroupId group, const Request& request) noexcept {
  birth.groups = this;
  birth.home = static_cast<std::byte*>(allocate(group, request, &birth.slot));
  return birth.home != nullptr;
}

void GroupAllocator::arm(Birth& birth, detail::Finalizer::Destroy destroy, void* objects,
                         std::size_t count) noexcept {
  auto* const finalizer = ::new (static_cast<void*>(birth.home)) detail::Finalizer;
  finalizer->destroy = destroy;
  finalizer->objects = objects;
  finalizer->count = count;
  // Even if the group has been freed in the meantime: it ends after this birth.
  const std::lock_guard guard(birth.slot->lock);
  finalizer->next = birth.slot->finalizers;
  birth.slot->finalizers = finalizer;
}

void* GroupAllocator::allocate(GroupId group, const Request& request, Slot** keep) noexcept {
  if (request.size > kMostBytes || request.alignment > kMostBytes ||
      !is_power_of_two(request.alignment)) {
    report_impossible(request);
    return nullptr;
  }
  Slot* const slot = table_.find(group.id().index);
  bool stale = slot == nullptr;
  if (!stale) {
    const std::lock_guard guard(slot->lock);
    stale = !lives(*slot, group);
    if (!stale && slot->budgeted == nullptr) {
      if (void* const block = bump(*slot, request)) {
        if (keep != nullptr) {
          slot->references.fetch_add(1, kRelaxed);
          *keep = slot;
        }
        return block;
      }
    }
    if (!stale) slot->references.fetch_add(1, kRelaxed);
  }
  if (stale) {
    report_stale(group, "asked for memory", request.site);
    return nullptr;
  }
  void* const block = allocate_slowly(*slot, group, request);
  if (block != nullptr && keep != nullptr) {
    *keep = slot;
  } else {
    let_go(*slot);
  }
  return block;
}

// Requirement: the caller keeps the group. Memory is asked for outside its lock.
void* GroupAllocator::allocate_slowly(Slot& slot, GroupId group, const Request& request) noexcept {
  if (!charge(slot, request.size, request.site)) return nullptr;
  void* block = nullptr;
  bool alive = true;
  {
    const std::lock_guard guard(slot.lock);
    alive = slot.alive;
    if (alive) block = bump(slot, request);
  }
  if (!alive) {
    report_stale(group, "asked for memory", request.site);
  } else if (block == nullptr) {
    block = bump_fresh(slot, request);
  }
  if (block == nullptr) uncharge(slot, request.size);
  return block;
}

std::size_t GroupAllocator::segment_bytes(std::size_t need, std::size_t usual) const noexcept {
  if (need <= usual) return usual;
  if (need <= most_segment_) return std::bit_ceil(need);
  if (!space_.is_large(need, GroupSegment::kHeader)) return need;
  // A run of whole chunks, all of it; the space puts its own header in front.
  const std::size_t chunk = ledger_.context().chunks.chunk_size();
  return align_up(need + GroupSegment::kHeader, chunk) - GroupSegment::kHeader;
}

void* GroupAllocator::bump_fresh(Slot& slot, const Request& request) noexcept {
  std::size_t usual = 0;
  {
    const std::lock_guard guard(slot.lock);
    usual = slot.next_segment;
  }
  // Segments are aligned to their header's size; a larger alignment has to be found inside.
  const std::size_t slack = request.alignment > GroupSegment::kHeader ? request.alignment : 0;
  const std::size_t need = GroupSegment::kHeader + slack + rounded(request.front + request.size);
  GroupSegment* const segment = acquire(slot.tag, segment_bytes(need, usual), request.site);
  if (segment == nullptr) return nullptr;
  const std::lock_guard guard(slot.lock);
  segment->next = slot.segments;
  slot.segments = segment;
  slot.held += segment->held;
  ++slot.segment_count;
  // Even if the group has been freed in the meantime: the memory goes with the rest of it.
  const std::uintptr_t cursor = slot.cursor;
  const std::uintptr_t limit = slot.limit;
  slot.cursor = segment->begin();
  slot.limit = segment->end();
  void* const block = bump(slot, request);
  if (slot.limit - slot.cursor < limit - cursor && limit != 0) {
    slot.cursor = cursor;  // what there was has more room left than the new one
    slot.limit = limit;
  }
  if (segment->held <= most_segment_) {
    slot.next_segment = std::min(std::max(segment->held * 2, usual), most_segment_);
  }
  return block;
}

GroupSegment* GroupAllocator::acquire(TagId tag, std::size_t bytes, const CallSite& site) noexcept {
  bool denied_by_limit = false;
  void* const memory = ledger_.take_memory(bytes, &denied_by_limit, [&](bool* by_limit) {
    return space_.allocate(bytes, GroupSegment::kHeader, {0, tag, false}, by_limit);
  });
  if (memory == nullptr) {
    ledger_.refuse_memory(tag, bytes, denied_by_limit, site);
    return nullptr;
  }
  detail::Denial denial;
  if (!ledger_.count_in(tag, bytes, 0, &denial)) {
    space_.free(memory, bytes, GroupSegment::kHeader);
    ledger_.refuse(denial, tag, bytes, site);
    return nullptr;
  }
  segments_taken_.fetch_add(1, kRelaxed);
  ledger_.settle();
  return ::new (memory) GroupSegment{nullptr, bytes};
}

bool GroupAllocator::charge(Slot& slot, std::size_t bytes, const CallSite& site) noexcept {
  for (Slot* payer = slot.budgeted; payer != nullptr;) {
    std::size_t charged = payer->charged.load(kRelaxed);
    do {
      const std::size_t left = payer->budget - charged;
      if (bytes > left) {
        uncharge(slot, bytes, payer);
        report_budget(slot, *payer, bytes, left, site);
        return false;
      }
    } while (!payer->charged.compare_exchange_weak(charged, charged + bytes, kRelaxed));
    payer = payer->parent == nullptr ? nullptr : payer->parent->budgeted;
  }
  return true;
}

// Effect: gives back what charge() took, from the budgets before `until`.
void GroupAllocator::uncharge(Slot& slot, std::size_t bytes, const Slot* until) noexcept {
  for (Slot* payer = slot.budgeted; payer != until && payer != nullptr;) {
    payer->charged.fetch_sub(bytes, kRelaxed);
    payer = payer->parent == nullptr ? nullptr : payer->parent->budgeted;
  }
}

void GroupAllocator::report_budget(const Slot& slot, const Slot& payer, std::size_t bytes,
                                   std::size_t left, const CallSite& site) noexcept {
  denials_.fetch_add(1, kRelaxed);
  Text<256> message("the budget of group '");
  message.append(std::string_view(payer.name, payer.name_size)).append("' leaves ");
  message.append_bytes(left).append("; the request needs ").append_bytes(bytes);
  ledger_.report(Code::FA313, message, slot.tag, bytes, left, nullptr, site);
}

void GroupAllocator::report_impossible(const Request& request) const noexcept {
  Text<192> message;
  if (!is_power_of_two(request.alignment)) {
    message.append("alignment ").append(request.alignment).append(" is not a power of two");
  } else {
    message.append("no block has ").append_bytes(request.size).append(", aligned to ");
    message.append(request.alignment);
  }
  ledger_.report(Code::FA011, message, ledger_.current_tag(), request.size, kMostBytes, nullptr,
                 request.site);
}

void GroupAllocator::report_stale(GroupId group, std::string_view what,
                                  const CallSite& site) const noexcept {
  if (!group) return;  // its creation was denied, and that has been said
  Text<192> message("group ");
  message.append(group.id().index).append(" (generation ").append(group.id().generation);
  message.append(") has been freed; ").append(what).append(" afterward");
  ledger_.report(Code::FA401, message, ledger_.current_tag(), 0, 0, nullptr, site);
}

}  // namespace framealloc
