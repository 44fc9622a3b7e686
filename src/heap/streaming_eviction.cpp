// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/streaming.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/text.hpp>

#include <algorithm>
#include <mutex>

namespace framealloc {
namespace {

constexpr std::string_view kPriorityNames[] = {"Low", "Normal", "High", "Critical"};

}  // namespace

// Result: how many priorities, from Low up, may be evicted for an asset of this one.
std::size_t StreamingAllocator::priorities_below(StreamPriority priority) const noexcept {
  const auto own = static_cast<std::size_t>(priority);
  return std::min(policy_.evict_equal_priority ? own + 1 : own, kEvictable);
}

bool StreamingAllocator::is_idle(const Asset& asset, std::uint64_t frames) const noexcept {
  return now() - slots_[asset.slot].last_access >= frames;
}

bool StreamingAllocator::claim(std::size_t size, StreamPriority priority, Claim& claim) noexcept {
  const std::size_t free = budget_ > reserved_ ? budget_ - reserved_ : 0;
  claim.size = size;
  if (size > free) {
    // A budget that was lowered may be exceeded already; that has to be made good first.
    const std::size_t needed = size + reserved_ - budget_;
    claim.victim_bytes =
        choose(needed, priorities_below(priority), policy_.min_idle_frames, claim.victims);
    if (claim.victim_bytes < needed) {
      spare(claim.victims);
      return false;
    }
  }
  // Until the victims are gone, they and the new asset share what the larger of the two needs.
  claim.extra = size > claim.victim_bytes ? size - claim.victim_bytes : 0;
  reserved_ += claim.extra;
  peak_reserved_ = std::max(peak_reserved_, reserved_);
  return true;
}

std::size_t StreamingAllocator::choose(std::size_t needed, std::size_t below,
                                       std::uint64_t idle_frames, AssetList& victims) noexcept {
  std::size_t found = 0;
  for (std::size_t priority = 0; priority < below && found < needed; ++priority) {
    std::uint32_t slot = slots_.oldest(priority);
    while (slot != detail::StreamSlots::kNone && found < needed) {
      const std::uint32_t next = slots_.next(slot);
      Asset* const asset = slots_.asset(slot);
      if (is_idle(*asset, idle_frames)) {
        delist(asset);
        set_state(asset, StreamState::Evicting);
        victims.push_back(asset);
        found += asset->size;
      }
      slot = next;
    }
  }
  // A large one at the end may have made smaller ones before it unnecessary.
  for (Asset* victim = victims.last(); victim != nullptr && found > needed;) {
    Asset* const previous = victim->previous;
    if (found - victim->size >= needed) {
      found -= victim->size;
      victims.remove(victim);
      spare(victim);
    }
    victim = previous;
  }
  return found;
}

// A spared asset was the least recently accessed of its priority, and becomes so again.
void StreamingAllocator::spare(Asset* victim) noexcept {
  set_state(victim, victim->failed ? StreamState::Failed : StreamState::Ready);
  slots_.enlist(victim->slot, true);
}

void StreamingAllocator::spare(AssetList& victims) noexcept {
  while (Asset* const victim = victims.pop_back()) spare(victim);
}

void StreamingAllocator::withdraw(Claim& claim) noexcept {
  const std::lock_guard guard(lock_);
  reserved_ -= claim.extra;
  spare(claim.victims);
}

void StreamingAllocator::evict_all(AssetList& victims, Inheritance* inheritance) noexcept {
  while (Asset* const victim = victims.pop_front()) {
    emit_eviction(*victim);
    {
      const std::lock_guard guard(lock_);
      if (inheritance == nullptr) reserved_ -= victim->size;
      ++evictions_;
      evicted_bytes_ += victim->size;
      erase(victim);
    }
    std::size_t charge = 0;
    bool keeps_memory = false;
    if (inheritance != nullptr) {
      keeps_memory = victim == inheritance->donor;
      if (victim->tag == inheritance->tag) {
        const std::size_t own = align_up(victim->size == 0 ? 1 : victim->size, kGranule);
        charge = std::min(inheritance->charge, own);
        inheritance->charge -= charge;
      }
    }
    destroy(victim, charge, keeps_memory);
  }
}

void StreamingAllocator::emit_now(FrameEventKind kind, const Told& asset) const noexcept {
  FrameEvent event;
  event.kind = kind;
  event.alloc_kind = AllocKind::Heap;
  event.id = asset.id.raw();
  event.size = asset.size;
  event.count = static_cast<std::uint64_t>(asset.priority);
  ledger_.emit(event, asset.tag);
}

void StreamingAllocator::emit_eviction(const Asset& victim) noexcept {
  emit(FrameEventKind::StreamEvicted, told_of(victim));
  StreamEvictionHandler handler = nullptr;
  void* context = nullptr;
  {
    const std::lock_guard guard(lock_);
    handler = handler_;
    context = handler_context_;
  }
  if (handler == nullptr) return;
  const TagPath path = ledger_.context().tags.path(victim.tag);
  handler(StreamEviction{victim.id, path.view(), victim.priority,
                         victim.failed ? nullptr : victim.memory, victim.size},
          context);
}

bool StreamingAllocator::evict(StreamId id) noexcept {
  AssetList victims;
  {
    const std::lock_guard guard(lock_);
    Asset* const asset = find_usable(id);
    if (asset == nullptr || !is_listed(*asset)) return false;
    delist(asset);
    set_state(asset, StreamState::Evicting);
    victims.push_back(asset);
  }
  evict_all(victims, nullptr);
  return true;
}

bool StreamingAllocator::set_budget(std::size_t budget) noexcept {
  AssetList victims;
  bool holds = true;
  {
    const std::lock_guard guard(lock_);
    budget_ = budget;
    if (reserved_ > budget_) {
      const std::size_t needed = reserved_ - budget_;
      holds = choose(needed, kEvictable, 0, victims) >= needed;
    }
  }
  evict_all(victims, nullptr);
  return holds;
}

detail::Denial StreamingAllocator::shortage(std::size_t size, StreamPriority priority, TagId tag,
                                            ShortageText* text) const noexcept {
  const std::size_t free = budget_ > reserved_ ? budget_ - reserved_ : 0;
  std::size_t evictable = 0;
  std::size_t pinned = 0;
  std::size_t loading = 0;
  const std::size_t below = priorities_below(priority);
  for_each_asset([&](const Asset& asset) {
    if (asset.pins != 0) pinned += asset.size;
    if (asset.state == StreamState::Loading) loading += asset.size;
    if (is_listed(asset) && static_cast<std::size_t>(asset.priority) < below &&
        is_idle(asset, policy_.min_idle_frames)) {
      evictable += asset.size;
    }
  });
  text->append("an asset of priority ");
  text->append(kPriorityNames[static_cast<std::size_t>(priority)]).append(" needs ");
  text->append_bytes(size).append("; of a budget of ").append_bytes(budget_);
  text->append(", ").append_bytes(free).append(" are free and ");
  text->append_bytes(evictable).append(" could be evicted for it; ");
  text->append_bytes(pinned).append(" are pinned, ").append_bytes(loading).append(" loading");
  return detail::Denial{Code::FA402, tag, free + evictable};
}

void StreamingAllocator::report_shortage(const detail::Denial& why, ShortageText& text,
                                         std::size_t size, TagId tag,
                                         const CallSite& site) const noexcept {
  std::size_t most = 0;
  const TagId holder = ledger_.holder_of_most(&most);
  if (most != 0) {
    text.append("; most is held ");
    if (holder == TagId::Untagged) {
      text.append("by no tag");
    } else {
      text.append("by tag '").append(ledger_.context().tags.path(holder)).append("'");
    }
    text.append(": ").append_bytes(most);
  }
  ledger_.report(why.code, text, tag, size, why.available, nullptr, site);
}

}  // namespace framealloc
