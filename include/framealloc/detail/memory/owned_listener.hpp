// SPDX-License-Identifier: MIT OR Apache-2.0
// Callables that live in an allocator's memory until their subscription has ended.
#pragma once

#include <framealloc/detail/memory/metadata_allocator.hpp>

#include <utility>

namespace framealloc {

struct FrameEvent;

namespace detail {

// A callable that is kept for its listener. Destroyed by the last thread that leaves it.
struct OwnedListener {
  void (*destroy)(MetadataAllocator& metadata, OwnedListener* self) noexcept = nullptr;
};

template <class F>
struct OwnedCallable : OwnedListener {
  explicit OwnedCallable(F f) : function(std::move(f)) {
    this->destroy = [](MetadataAllocator& metadata, OwnedListener* self) noexcept {
      metadata.destroy(static_cast<OwnedCallable*>(self));
    };
  }
  static void call(const FrameEvent& event, void* self) {
    static_cast<OwnedCallable*>(static_cast<OwnedListener*>(self))->function(event);
  }
  F function;
};

}  // namespace detail
}  // namespace framealloc
