// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc that are allocators of their own, shared by all threads. SmartAlloc
// inherits them.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/thread/instance.hpp>
#include <framealloc/group_allocator.hpp>
#include <framealloc/handle_allocator.hpp>
#include <framealloc/scratch_registry.hpp>
#include <framealloc/streaming.hpp>

#include <cstddef>
#include <string_view>

namespace framealloc::detail {

[[nodiscard]] FRAMEALLOC_API HandleAllocator& handles_of(const Instance* instance) noexcept;
[[nodiscard]] FRAMEALLOC_API StreamingAllocator& streaming_of(const Instance* instance) noexcept;
[[nodiscard]] FRAMEALLOC_API GroupAllocator& groups_of(const Instance* instance) noexcept;
[[nodiscard]] FRAMEALLOC_API ScratchRegistry& scratch_of(const Instance* instance) noexcept;
// Effect: Instance::trim(), after the parts have given back what they do not need. Result: bytes.
FRAMEALLOC_API std::size_t trim_all(Instance& instance) noexcept;

// `Handle` is SmartAlloc, whose instance() is null when the allocator could not be made; what is
// returned then denies everything.
template <class Handle>
class SharedMembers {
 public:
  // Result: objects behind handles, which may be moved so that memory does not fragment.
  [[nodiscard]] HandleAllocator& handles() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return handles_of(mine());
  }
  // Result: assets within a budget: AllocConfig::streaming_budget. Their age counts in frames.
  [[nodiscard]] StreamingAllocator& streaming() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return streaming_of(mine());
  }
  // Result: groups of allocations that are freed together.
  [[nodiscard]] GroupAllocator& groups() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return groups_of(mine());
  }
  // Result: the named pools of memory that stays until it is reset.
  [[nodiscard]] ScratchRegistry& scratch() const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return scratch_of(mine());
  }
  // Result: the pool of that name, made with that capacity (bytes) if there is none; it grows past
  // it. Valid until the pool is removed from scratch(). One thread uses a pool at a time.
  [[nodiscard]] ScratchPool& scratch_pool(
      std::string_view name, std::size_t capacity = kDefaultScratchCapacity,
      CallSite site = CallSite::current()) const noexcept FRAMEALLOC_LIFETIMEBOUND {
    return scratch().pool(name, capacity, ScratchPolicy::Grow, site);
  }

 protected:
  SharedMembers() = default;
  ~SharedMembers() = default;
  SharedMembers(const SharedMembers&) = default;
  SharedMembers& operator=(const SharedMembers&) = default;

 private:
  [[nodiscard]] Instance* mine() const noexcept {
    return static_cast<const Handle*>(this)->instance();
  }
};

}  // namespace framealloc::detail
