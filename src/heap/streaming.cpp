// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/streaming.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/text.hpp>

#include <algorithm>
#include <mutex>

namespace framealloc {
namespace {

std::size_t accounted(std::size_t size) noexcept {
  return align_up(size == 0 ? 1 : size, kGranule);
}

}  // namespace

StreamingAllocator::StreamingAllocator(const detail::AllocatorContext& context,
                                       std::size_t budget) noexcept
    : ledger_(context), space_(context.chunks), budget_(budget) {}

StreamingAllocator::~StreamingAllocator() {
  const std::uint32_t count = slots_.size();
  for (std::uint32_t index = 0; index < count; ++index) {
    if (Asset* const asset = slots_.asset(index)) destroy(asset);
  }
  slots_.release_blocks([this](void* memory, std::size_t bytes) {
    ledger_.context().metadata.deallocate(memory, bytes);
  });
}

StreamId StreamingAllocator::reserve(std::size_t size, StreamPriority priority,
                                     std::size_t alignment, CallSite site) noexcept {
  return reserve_under(size, priority, ledger_.current_tag(), alignment, site);
}

StreamId StreamingAllocator::reserve_tagged(std::size_t size, StreamPriority priority,
                                            std::string_view tag, std::size_t alignment,
                                            CallSite site) noexcept {
  const TagId id = ledger_.context().tags.intern(TagId::Untagged, tag);
  return reserve_under(size, priority, id, alignment, site);
}

StreamId StreamingAllocator::reserve_under(std::size_t size, StreamPriority priority, TagId tag,
                                           std::size_t alignment, const CallSite& site) noexcept {
  if (size > kMaxRequest || alignment > kMaxRequest || !is_power_of_two(alignment)) {
    Text<192> message("a streamed asset of ");
    message.append_bytes(size).append(" aligned to ").append(alignment);
    ledger_.report(Code::FA011, message, tag, size, 0, nullptr, site);
    return StreamId();
  }
  bool denied_by_limit = false;
  Asset* const asset =
      ledger_.take_records(sizeof(Asset), &denied_by_limit, [this] { return make_record(); });
  if (asset == nullptr) {
    ledger_.refuse_memory(tag, sizeof(Asset), denied_by_limit, site);
    return StreamId();
  }
  asset->size = size;
  asset->alignment = alignment;
  asset->priority = priority;
  asset->tag = tag;

  Claim claimed;
  detail::Denial why;
  ShortageText shortfall;
  bool granted = false;
  {
    const std::lock_guard guard(lock_);
    granted = claim(size, priority, claimed);
    if (!granted) {
      ++denied_;
      why = shortage(size, priority, tag, &shortfall);
    }
  }
  if (!granted) {
    discard(asset);
    report_shortage(why, shortfall, size, tag, site);
    return StreamId();
  }
  Inheritance inheritance;
  if (!take_memory(*asset, claimed, inheritance, site)) {
    discard(asset);
    return StreamId();
  }
  evict_all(claimed.victims, &inheritance);

  Told told;
  {
    const std::lock_guard guard(lock_);
    // The victims' share of the budget becomes the asset's in one step, so that no other load gets
    // it.
    reserved_ = reserved_ - claimed.victim_bytes - claimed.extra + size;
    insert(asset);
    told = told_of(*asset);
  }
  ledger_.settle();
  emit(FrameEventKind::StreamReserved, told);
  return told.id;
}

bool StreamingAllocator::take_memory(Asset& asset, Claim& claim, Inheritance& inheritance,
                                     const CallSite& site) noexcept {
  inheritance.tag = asset.tag;
  for (const Asset* victim = claim.victims.first(); victim != nullptr; victim = victim->next) {
    if (victim->tag == asset.tag) inheritance.charge += accounted(victim->size);
  }
  inheritance.charge = std::min(inheritance.charge, accounted(asset.size));
  detail::Denial denial;
  if (!ledger_.count_in(asset.tag, accounted(asset.size), inheritance.charge, &denial)) {
    withdraw(claim);
    ledger_.refuse(denial, asset.tag, asset.size, site);
    return false;
  }
  const auto find_donor = [&](std::size_t most) {
    Asset* victim = claim.victims.first();
    while (victim != nullptr && (victim->capacity < asset.size || victim->capacity > most ||
                                 victim->alignment < asset.alignment)) {
      victim = victim->next;
    }
    return victim;
  };
  bool denied_by_limit = false;
  inheritance.donor = find_donor(asset.size + asset.size / 4);
  if (inheritance.donor == nullptr) {
    asset.capacity = asset.size;
    asset.memory = ledger_.take_memory(asset.size, &denied_by_limit, [&](bool* by_limit) {
      return space_.allocate(asset.size, asset.alignment, {0, asset.tag, false}, by_limit);
    });
    if (asset.memory == nullptr) inheritance.donor = find_donor(kMaxRequest);
  }
  if (inheritance.donor != nullptr) {
    asset.memory = inheritance.donor->memory;
    asset.capacity = inheritance.donor->capacity;
    asset.alignment = inheritance.donor->alignment;
  }
  if (asset.memory != nullptr) return true;
  ledger_.count_out(asset.tag, accounted(asset.size), inheritance.charge);
  withdraw(claim);
  ledger_.refuse_memory(asset.tag, asset.size, denied_by_limit, site);
  return false;
}

void StreamingAllocator::destroy(Asset* asset, std::size_t inherited_charge,
                                 bool keep_memory) noexcept {
  if (!keep_memory) space_.free(asset->memory, asset->capacity, asset->alignment);
  ledger_.count_out(asset->tag, accounted(asset->size), inherited_charge);
  ledger_.context().metadata.destroy(asset);
}

void* StreamingAllocator::begin_load(StreamId id) noexcept {
  {
    const std::lock_guard guard(lock_);
    if (Asset* const asset = find_usable(id)) {
      const bool allowed = asset->state == StreamState::Reserved ||
                           asset->state == StreamState::Failed ||
                           (asset->state == StreamState::Loading && !asset->canceled);
      if (!allowed) return nullptr;
      delist(asset);
      set_loaded(asset, 0);
      asset->failed = false;
      set_state(asset, StreamState::Loading);
      return asset->memory;
    }
  }
  Text<128> message("begin_load() of asset ");
  message.append(id.raw()).append(", which was freed, evicted or never reserved");
  ledger_.report(Code::FA401, message, TagId::Untagged, 0, 0);
  return nullptr;
}

bool StreamingAllocator::report_progress(StreamId id, std::size_t bytes_so_far) noexcept {
  const std::lock_guard guard(lock_);
  Asset* const asset = find(id);
  if (asset == nullptr || asset->state != StreamState::Loading) return false;
  if (asset->canceled || asset->freed) return false;
  set_loaded(asset, std::min(bytes_so_far, asset->size));
  return true;
}

bool StreamingAllocator::finish_load(StreamId id) noexcept {
  Asset* gone = nullptr;
  bool loaded = false;
  Told told;
  {
    const std::lock_guard guard(lock_);
    Asset* const asset = find(id);
    if (asset == nullptr || asset->state != StreamState::Loading) return false;
    told = told_of(*asset);
    if (!asset->canceled && !asset->freed) {
      set_loaded(asset, asset->size);
      set_state(asset, StreamState::Ready);
      slots_[asset->slot].last_access = now();
      enlist(asset);
      loaded = true;
    } else if (end_load(asset)) {
      gone = asset;
    }
  }
  if (gone != nullptr) destroy(gone);
  emit(loaded ? FrameEventKind::StreamLoaded : FrameEventKind::StreamFailed, told);
  return loaded;
}

bool StreamingAllocator::fail_load(StreamId id) noexcept {
  Asset* gone = nullptr;
  Told told;
  {
    const std::lock_guard guard(lock_);
    Asset* const asset = find(id);
    if (asset == nullptr || asset->state != StreamState::Loading) return false;
    told = told_of(*asset);
    if (end_load(asset)) gone = asset;
  }
  if (gone != nullptr) destroy(gone);
  emit(FrameEventKind::StreamFailed, told);
  return true;
}

bool StreamingAllocator::cancel_load(StreamId id) noexcept {
  const std::lock_guard guard(lock_);
  Asset* const asset = find_usable(id);
  if (asset == nullptr || asset->state != StreamState::Loading) return false;
  asset->canceled = true;
  return true;
}

StreamRef StreamingAllocator::acquire(StreamId id) noexcept {
  const std::lock_guard guard(lock_);
  const std::uint32_t slot = touch(id);
  if (slot == detail::StreamSlots::kNone) return StreamRef();
  Asset* const asset = slots_.asset(slot);
  if (asset->pins == UINT32_MAX) return StreamRef();
  if (asset->pins++ == 0) delist(asset);
  return StreamRef(*this, *asset, id, static_cast<std::byte*>(asset->memory), asset->size);
}

std::span<std::byte> StreamRef::bytes() const noexcept { return {data_, size_}; }

void StreamRef::release() noexcept {
  data_ = nullptr;
  size_ = 0;
  if (detail::StreamAsset* const asset = std::exchange(asset_, nullptr)) streaming_->unpin(*asset);
}

void StreamingAllocator::unpin(Asset& asset) noexcept {
  {
    const std::lock_guard guard(lock_);
    if (--asset.pins != 0) return;
    if (!asset.freed) {
      enlist(&asset);
      return;
    }
    reserved_ -= asset.size;
    erase(&asset);
  }
  destroy(&asset);
}

const void* StreamingAllocator::access(StreamId id) noexcept { return access_mut(id); }

void* StreamingAllocator::access_mut(StreamId id) noexcept {
  const std::lock_guard guard(lock_);
  const std::uint32_t slot = touch(id);
  return slot == detail::StreamSlots::kNone ? nullptr : slots_[slot].memory;
}

bool StreamingAllocator::free(StreamId id) noexcept {
  Asset* gone = nullptr;
  Told told;
  {
    const std::lock_guard guard(lock_);
    Asset* const asset = find_usable(id);
    if (asset == nullptr || asset->state == StreamState::Evicting) return false;
    told = told_of(*asset);
    if (asset->pins != 0 || asset->state == StreamState::Loading) {
      asset->freed = true;
      set_state(asset, asset->state);
    } else {
      delist(asset);
      reserved_ -= asset->size;
      erase(asset);
      gone = asset;
    }
  }
  if (gone != nullptr) destroy(gone);
  emit(FrameEventKind::StreamFreed, told);
  return true;
}

bool StreamingAllocator::set_priority(StreamId id, StreamPriority priority) noexcept {
  Told told;
  {
    const std::lock_guard guard(lock_);
    Asset* const asset = find_usable(id);
    if (asset == nullptr || asset->state == StreamState::Evicting) return false;
    delist(asset);
    asset->priority = slots_[asset->slot].priority = priority;
    enlist(asset);
    told = told_of(*asset);
  }
  emit(FrameEventKind::StreamPriorityChanged, told);
  return true;
}

void StreamingAllocator::set_policy(const StreamingPolicy& policy) noexcept {
  const std::lock_guard guard(lock_);
  policy_ = policy;
}

void StreamingAllocator::set_eviction_callback(StreamEvictionHandler handler,
                                               void* context) noexcept {
  const std::lock_guard guard(lock_);
  handler_ = handler;
  handler_context_ = context;
}

}  // namespace framealloc
