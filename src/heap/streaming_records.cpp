// SPDX-License-Identifier: MIT OR Apache-2.0
// The books of the streaming allocator: which assets there are, in which state, and what that sums
// up to.
#include <framealloc/streaming.hpp>

#include <mutex>

namespace framealloc {

// Ids are given out one after the other, so their low bits spread them.
StreamingAllocator::Asset* StreamingAllocator::find(StreamId id) const noexcept {
  Asset* asset = buckets_[id.raw() % kBuckets];
  while (asset != nullptr && asset->id != id) asset = asset->next_in_bucket;
  return asset;
}

StreamingAllocator::Asset* StreamingAllocator::find_usable(StreamId id) const noexcept {
  Asset* const asset = find(id);
  return asset == nullptr || asset->freed ? nullptr : asset;
}

void StreamingAllocator::insert(Asset* asset) noexcept {
  Asset*& first = buckets_[asset->id.raw() % kBuckets];
  asset->next_in_bucket = first;
  first = asset;
  ++assets_;
}

void StreamingAllocator::erase(Asset* asset) noexcept {
  Asset** link = &buckets_[asset->id.raw() % kBuckets];
  while (*link != asset) link = &(*link)->next_in_bucket;
  *link = asset->next_in_bucket;
  --assets_;
  set_loaded(asset, 0);
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
  AssetList& list = evictable_[static_cast<std::size_t>(asset->priority)];
  // Nothing is lost with what failed to load: it goes first.
  asset->failed ? list.push_front(asset) : list.push_back(asset);
  asset->listed = true;
}

void StreamingAllocator::delist(Asset* asset) noexcept {
  if (!asset->listed) return;
  evictable_[static_cast<std::size_t>(asset->priority)].remove(asset);
  asset->listed = false;
}

StreamingAllocator::Asset* StreamingAllocator::touch(StreamId id) noexcept {
  Asset* const asset = find_usable(id);
  if (asset == nullptr || asset->state != StreamState::Ready) return nullptr;
  asset->last_access = now();
  if (asset->listed) {
    delist(asset);
    enlist(asset);
  }
  return asset;
}

bool StreamingAllocator::end_load(Asset* asset) noexcept {
  if (asset->freed) {
    reserved_ -= asset->size;
    erase(asset);
    return true;
  }
  set_loaded(asset, 0);
  asset->failed = !asset->cancelled;
  asset->state = asset->cancelled ? StreamState::Reserved : StreamState::Failed;
  asset->cancelled = false;
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
                    asset->loaded, asset->pins,     now() - asset->last_access};
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
