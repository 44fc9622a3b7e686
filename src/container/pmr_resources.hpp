// SPDX-License-Identifier: MIT OR Apache-2.0
// The allocator as std::pmr::memory_resource: for std::pmr::string, vector, unordered_map.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/thread/entry.hpp>
#include <framealloc/detail/thread/tls.hpp>
#include <framealloc/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <memory_resource>

namespace framealloc {

// Memory of one kind of one allocator. do_allocate() throws std::bad_alloc when memory is denied
// (and ends the program when the library was built without exceptions). Requirement: alive while in
// use. Thread contract: any thread; each call goes to the state of the thread that makes it.
//
// Frame memory is that of the calling thread's frame, freed by the end of the frame and by nothing
// else: deallocating it does nothing, so containers that grow leave their old blocks behind, as on
// a std::pmr::monotonic_buffer_resource.
template <AllocKind of>
class InstanceResource final : public std::pmr::memory_resource {
 public:
  explicit InstanceResource(detail::Instance& instance FRAMEALLOC_LIFETIMEBOUND) noexcept;
  InstanceResource(const InstanceResource&) = delete;
  InstanceResource& operator=(const InstanceResource&) = delete;

  [[nodiscard]] static constexpr AllocKind kind() noexcept { return of; }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override;
  // Equal: the same instance and kind. In a library without RTTI, which cannot know what kind of
  // resource the other one is: the same object.
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override;

  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE detail::TlsSlot& slot() const noexcept;
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool is_quick(std::size_t bytes,
                                                       std::size_t alignment) const noexcept;
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE detail::PoolTable& table() const noexcept;
  FRAMEALLOC_NOINLINE void* allocate_slow(std::size_t bytes, std::size_t alignment);
  FRAMEALLOC_NOINLINE void deallocate_slow(void* block, std::size_t bytes, std::size_t alignment);

  detail::Instance* instance_;
  std::size_t tls_offset_;  // copies of what the instance has, so that a call loads less
  std::uintptr_t page_mask_;
};

extern template class InstanceResource<AllocKind::Frame>;
extern template class InstanceResource<AllocKind::Pool>;
extern template class InstanceResource<AllocKind::Heap>;

// The three of one allocator.
struct PmrResources {
  explicit PmrResources(detail::Instance& instance FRAMEALLOC_LIFETIMEBOUND) noexcept
      : frame(instance), pool(instance), heap(instance) {}
  InstanceResource<AllocKind::Frame> frame;
  InstanceResource<AllocKind::Pool> pool;
  InstanceResource<AllocKind::Heap> heap;
};

}  // namespace framealloc
