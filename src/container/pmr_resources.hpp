// SPDX-License-Identifier: MIT OR Apache-2.0
// The allocator as std::pmr::memory_resource: for std::pmr::string, vector, unordered_map.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/thread/entry.hpp>
#include <framealloc/ids.hpp>

#include <cstddef>
#include <memory_resource>

namespace framealloc {

// Memory of one kind of one allocator. do_allocate() throws std::bad_alloc when memory is denied
// (and ends the program when the library was built without exceptions). Requirement: alive while in
// use. Thread contract: any thread; each call goes to the state of the thread that makes it.
//
// Frame memory is that of the calling thread's frame, freed by the end of the frame and by nothing
// else: deallocating it does nothing, so containers that grow leave their old blocks behind, as on
// a std::pmr::monotonic_buffer_resource.
class InstanceResource final : public std::pmr::memory_resource {
 public:
  // Requirement: `kind` is Frame, Pool or Heap.
  InstanceResource(detail::Instance& instance FRAMEALLOC_LIFETIMEBOUND, AllocKind kind) noexcept
      : instance_(&instance), kind_(kind) {}
  InstanceResource(const InstanceResource&) = delete;
  InstanceResource& operator=(const InstanceResource&) = delete;

  [[nodiscard]] AllocKind kind() const noexcept { return kind_; }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override;
  // Equal: the same instance and kind. In a library without RTTI, which cannot know what kind of
  // resource the other one is: the same object.
  bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override;

  FRAMEALLOC_COLD void* allocate_slow(std::size_t bytes, std::size_t alignment);
  FRAMEALLOC_COLD void deallocate_slow(void* block, std::size_t bytes, std::size_t alignment);

  detail::Instance* instance_;
  AllocKind kind_;
};

// The three of one allocator.
struct PmrResources {
  explicit PmrResources(detail::Instance& instance FRAMEALLOC_LIFETIMEBOUND) noexcept
      : frame(instance, AllocKind::Frame),
        pool(instance, AllocKind::Pool),
        heap(instance, AllocKind::Heap) {}
  InstanceResource frame;
  InstanceResource pool;
  InstanceResource heap;
};

}  // namespace framealloc
