// SPDX-License-Identifier: MIT OR Apache-2.0
// EnTT on a framealloc heap, and what systems gather or put off in frame memory. Headers only, against
// EnTT's public interface, 3.11 or newer: include <entt/entt.hpp> of yours first, or have it in the
// include path.
#pragma once

#if __has_include(<entt/entt.hpp>)
#include <entt/entt.hpp>
#endif

#include <framealloc/entt/command_buffer.hpp>
#include <framealloc/frame_vec.hpp>
#include <framealloc/smart_alloc.hpp>
#include <framealloc/std_allocators.hpp>

#include <cstddef>
#include <cstdio>
#include <span>

namespace framealloc::entt {

/// Heap memory for registries, under the tag that is current when they grow. EnTT makes allocators
/// out of nothing for views of pools that do not exist; such a one has no memory: it says so on
/// stderr when it is asked for some, and throws std::bad_alloc, as one does whose request is denied.
template <class T>
class Allocator : public HeapAllocator<T> {
 public:
  Allocator() noexcept : HeapAllocator<T>(nullptr) {}
  Allocator(const SmartAlloc& alloc) noexcept
      : HeapAllocator<T>(alloc) {}  ///< implicit, like std's
  template <class U>
  Allocator(const Allocator<U>& other) noexcept : HeapAllocator<T>(other) {}
  template <class U>
  struct rebind {
    using other = Allocator<U>;
  };
  [[nodiscard]] explicit operator bool() const noexcept { return this->instance() != nullptr; }

  [[nodiscard]] T* allocate(std::size_t count) {
    if (!*this) [[unlikely]] {
      std::fputs(
          "framealloc: an entt::Allocator with no allocator was asked for memory: make the "
          "registry "
          "with framealloc::entt::make_registry<R>(alloc)\n",
          stderr);
    }
    return HeapAllocator<T>::allocate(count);
  }
  void deallocate(T* block, std::size_t count) noexcept {
    if (*this) HeapAllocator<T>::deallocate(block, count);
  }
};

template <class Entity = ::entt::entity>
using Registry = ::entt::basic_registry<Entity, Allocator<Entity>>;

/// Result: a registry all of whose pools take their memory from `alloc`. Its context variables
/// (`ctx()`) are EnTT's own `any`, which calls operator new for large ones.
template <class R>
[[nodiscard]] R make_registry(const SmartAlloc& alloc) {
  return R(typename R::allocator_type(alloc));
}

/// Result: the entities that have all of C, in frame memory, in the order of EnTT's view: create and
/// destroy while walking them. Failure: with frame memory denied the result is empty, and
/// `*dropped` says how many there are. Thread contract: as for a view.
template <class... C, class R>
[[nodiscard]] auto frame_entities(const R& registry, SmartAlloc& alloc,
                                  std::size_t* dropped = nullptr) {
  static_assert(sizeof...(C) != 0, "name the components that the entities have");
  using Entity = typename R::entity_type;
  if (dropped != nullptr) *dropped = 0;
  const auto view = registry.template view<const C...>();
  std::size_t count = 0;
  for ([[maybe_unused]] const Entity entity : view) ++count;
  auto found = alloc.frame_vec<Entity>(count);
  if (found.capacity() < count) {
    if (dropped != nullptr) *dropped = count;
    return std::span<const Entity>();
  }
  for (const Entity entity : view) (void)found.try_push(entity);
  return std::span<const Entity>(found.into_span());
}

}  // namespace framealloc::entt
