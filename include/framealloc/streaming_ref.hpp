// SPDX-License-Identifier: MIT OR Apache-2.0
// Holding a streamed asset in memory while it is used.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/streaming_types.hpp>

#include <cstddef>
#include <span>
#include <utility>

namespace framealloc {

class StreamingAllocator;

namespace detail {
struct StreamAsset;
}

/// While it lives, the asset is not evicted, and a free() of it takes effect only when the last of
/// its guards ends. Empty when the asset was not ready. Lives no longer than its allocator.
/// Thread contract: an ordinary value; it may be moved to another thread and end there.
class FRAMEALLOC_API StreamRef {
 public:
  StreamRef() = default;
  StreamRef(const StreamRef&) = delete;
  StreamRef& operator=(const StreamRef&) = delete;
  StreamRef(StreamRef&& other) noexcept { swap(other); }
  StreamRef& operator=(StreamRef&& other) noexcept {
    StreamRef taken(std::move(other));
    swap(taken);
    return *this;
  }
  ~StreamRef() { release(); }
  void swap(StreamRef& other) noexcept {
    detail::swap_values(streaming_, other.streaming_);
    detail::swap_values(asset_, other.asset_);
    detail::swap_values(id_, other.id_);
    detail::swap_values(data_, other.data_);
    detail::swap_values(size_, other.size_);
  }

  [[nodiscard]] explicit operator bool() const noexcept { return asset_ != nullptr; }
  [[nodiscard]] StreamId id() const noexcept { return id_; }
  [[nodiscard]] std::byte* data() const noexcept FRAMEALLOC_LIFETIMEBOUND { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::span<std::byte> bytes() const noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Result: the bytes as whole T; a rest at the end is left out. Requirement: T was written there.
  template <class T>
  [[nodiscard]] std::span<T> as() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return {reinterpret_cast<T*>(data_), size_ / sizeof(T)};
  }
  /// Effect: lets go now; the guard is empty afterward.
  void release() noexcept;

 private:
  friend class StreamingAllocator;
  StreamRef(StreamingAllocator& streaming, detail::StreamAsset& asset, StreamId id, std::byte* data,
            std::size_t size) noexcept
      : streaming_(&streaming), asset_(&asset), id_(id), data_(data), size_(size) {}

  StreamingAllocator* streaming_ = nullptr;
  detail::StreamAsset* asset_ = nullptr;
  StreamId id_{};
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace framealloc
