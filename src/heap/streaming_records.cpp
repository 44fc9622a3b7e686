// SPDX-License-Identifier: MIT OR Apache-2.0
// The books of the streaming allocator: which assets there are, in which state, and what that sums
// up to.
#include <framealloc/streaming.hpp>

#include <mutex>
#include <utility>

namespace framealloc {

StreamingAllocator::Asset* StreamingAllocator::make_record() noexcept {
  detail::MetadataAllocator& metadata = ledger_.context().metadata;
  std::uint32_t slot = detail::StreamSlots::kNone;
  while (slot == detail::StreamSlots::kNone) {
    std::size_t wanted = 0;
    {
      const std::lock_guard guard(lock_);
      slot = slots_.take();
      wanted = slots_.next_block_bytes();
    }
    if (slot != detail::StreamSlots::kNone) break;
    // Memory is asked for without the lock, since that may call the user's source.
    void* memory = wanted == 0 ? nullptr : metadata.allocate(wanted);
    if (memory == nullptr) return nullptr;
    {
      const std::lock_guard guard(lock_);
      // Another thread may have added a block or given a slot back in the meantime.
      if (slots_.next_block_bytes() == wanted) slots_.add_block(std::exchange(memory, nullptr));
      slot = slots_.take();
    }
    metadata.deallocate(memory, wanted);
  }
  auto* const asset = metadata.create<Asset>();
  if (asset != nullptr) {
    asset->slot = slot;
    return asset;
  }
  const std::lock_guard guard(lock_);
  slots_.give_back(slot);
  return nullptr;
}

void StreamingAllocator::discard(Asset* asset) noexcept {
  {
    const std::lock_guard guard(lock_);
    slots_.give_back(asset->slot);
  }
  ledger_.context().metadata.destroy(asset);
}

StreamingAllocator::Asset* StreamingAllocator::find(StreamId id) const noexcept {
  const std::uint32_t slot = slots_.find(id);
  return slot == detail::StreamSlots::kNone ? nullptr : slots_.asset(slot);
}

StreamingAllocator::Asset* StreamingAllocator::find_usable(StreamId id) const noexcept {
  Asset* const asset = find(id);
  return asset == nullptr || asset->freed ? nullptr : asset;
}

void StreamingAllocator::insert(Asset* asset) noexcept {
  asset->id = slots_.id_of(asset->slot);
  slots_.asset(asset->slot) = asset;
  detail::StreamSlot& slot = slots_[asset->slot];
  slot.priority = asset->priority;
  slot.last_access = now();
  ++assets_;
}

void StreamingAllocator::erase(Asset* asset) noexcept {
  slots_.give_back(asset->slot);
  --assets_;
  set_loaded(asset, 0);
}

void StreamingAllocator::set_state(Asset* asset, StreamState state) noexcept {
  asset->state = state;
  const bool usable = state == StreamState::Ready && !asset->freed;
  slots_[asset->slot].memory = usable ? asset->memory : nullptr;
}

// Every change of what an asset has loaded passes here, so the sum is always that of the assets.
void StreamingAllocator::set_loaded(Asset* asset, std::size_t bytes) noexcept {
  loaded_ = loaded_ - asset->loaded + bytes;
  asset->loaded = bytes;
}

void StreamingAllocator::enlist(Asset* asset) noexcept {
  const bool complete = asset->state == StreamState::Ready || asset->state == StreamState::Failed;
  if (!complete || asset->pins != 0 || asset->freed) return;
  if (asset->priority == StreamPriority::Critical) return;
  // Nothing is lost with what failed to load: it goes first.
  slots_.enlist(asset->slot, asset->failed);
}

void StreamingAllocator::delist(Asset* asset) noexcept {
  if (is_listed(*asset)) slots_.delist(asset->slot);
}

std::uint32_t StreamingAllocator::touch(StreamId id) noexcept {
  const std::uint32_t index = slots_.find(id);
  if (index == detail::StreamSlots::kNone) return index;
  detail::StreamSlot& slot = slots_[index];
  if (slot.memory == nullptr) return detail::StreamSlots::kNone;
  slot.last_access = now();
  if (slot.older != detail::StreamSlot::kUnlisted) slots_.note_access(index);
  return index;
}

bool StreamingAllocator::end_load(Asset* asset) noexcept {
  if (asset->freed) {
    reserved_ -= asset->size;
    erase(asset);
    return true;
  }
  set_loaded(asset, 0);
  asset->failed = !asset->canceled;
  set_state(asset, asset->canceled ? StreamState::Reserved : StreamState::Failed);
  asset->canceled = false;
  enlist(asset);
  return false;
}

std::size_t StreamingAllocator::budget() const noexcept {
  const std::lock_guard guard(lock_);
  return budget_;
}

std::size_t StreamingAllocator::total_reserved() const noexcept {
  const std::lock_guard guard(lock_);
  return reserved_;
}

std::size_t StreamingAllocator::total_loaded() const noexcept {
  const std::lock_guard guard(lock_);
  return loaded_;
}

std::size_t StreamingAllocator::available() const noexcept {
  const std::lock_guard guard(lock_);
  return budget_ > reserved_ ? budget_ - reserved_ : 0;
}

std::optional<StreamState> StreamingAllocator::state(StreamId id) const noexcept {
  const std::lock_guard guard(lock_);
  const Asset* const asset = find_usable(id);
  if (asset == nullptr) return std::nullopt;
  return asset->state;
}

std::optional<StreamInfo> StreamingAllocator::info(StreamId id) const noexcept {
  const std::lock_guard guard(lock_);
  const Asset* const asset = find_usable(id);
  if (asset == nullptr) return std::nullopt;
  return StreamInfo{asset->state,  asset->priority, asset->size,
                    asset->loaded, asset->pins,     now() - slots_[asset->slot].last_access};
}

StreamingStats StreamingAllocator::stats() const noexcept {
  StreamingStats stats;
  const std::lock_guard guard(lock_);
  stats.budget = budget_;
  stats.total_reserved = reserved_;
  stats.total_loaded = loaded_;
  stats.allocation_count = assets_;
  stats.peak_reserved = peak_reserved_;
  stats.evictions = evictions_;
  stats.evicted_bytes = evicted_bytes_;
  stats.denied_reserves = denied_;
  stats.frame = now();
  for_each_asset([&stats](const Asset& asset) {
    switch (asset.state) {
      case StreamState::Reserved:
        ++stats.reserved_count;
        break;
      case StreamState::Loading:
        ++stats.loading_count;
        break;
      case StreamState::Ready:
        ++stats.ready_count;
        break;
      case StreamState::Evicting:
        ++stats.evicting_count;
        break;
      case StreamState::Failed:
        ++stats.failed_count;
        break;
    }
    if (asset.pins == 0) return;
    ++stats.pinned_count;
    stats.pinned_bytes += asset.size;
  });
  return stats;
}

}  // namespace framealloc
