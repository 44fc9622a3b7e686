// SPDX-License-Identifier: MIT OR Apache-2.0
// The record of one streamed asset, and the list of those chosen to be evicted.
#pragma once

#include <framealloc/ids.hpp>
#include <framealloc/streaming_types.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

struct StreamAsset {
  StreamId id;
  void* memory = nullptr;
  std::size_t size = 0;
  std::size_t alignment = 0;
  std::size_t capacity = 0;  // size that the memory was taken for
  std::size_t loaded = 0;
  std::uint32_t slot = 0;  // see StreamSlots
  std::uint32_t pins = 0;
  TagId tag = TagId::Untagged;
  StreamPriority priority = StreamPriority::Normal;
  StreamState state = StreamState::Reserved;
  bool canceled = false;  // a load was; its loader has not said that it stopped
  bool freed = false;     // free() was called while it was pinned or loading
  bool failed = false;    // the latest load did

  StreamAsset* next = nullptr;  // among chosen victims
  StreamAsset* previous = nullptr;
};

// Doubly linked, the record holds the links. Thread contract: under the owner's lock.
class StreamAssetList {
 public:
  [[nodiscard]] StreamAsset* first() const noexcept { return first_; }
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  void push_back(StreamAsset* asset) noexcept {
    asset->next = nullptr;
    asset->previous = last_;
    (last_ == nullptr ? first_ : last_->next) = asset;
    last_ = asset;
  }
  void remove(StreamAsset* asset) noexcept {
    (asset->previous == nullptr ? first_ : asset->previous->next) = asset->next;
    (asset->next == nullptr ? last_ : asset->next->previous) = asset->previous;
    asset->next = asset->previous = nullptr;
  }
  [[nodiscard]] StreamAsset* pop_back() noexcept {
    StreamAsset* const asset = last_;
    if (asset != nullptr) remove(asset);
    return asset;
  }
  [[nodiscard]] StreamAsset* pop_front() noexcept {
    StreamAsset* const asset = first_;
    if (asset != nullptr) remove(asset);
    return asset;
  }
  [[nodiscard]] StreamAsset* last() const noexcept { return last_; }

 private:
  StreamAsset* first_ = nullptr;
  StreamAsset* last_ = nullptr;
};

}  // namespace framealloc::detail
