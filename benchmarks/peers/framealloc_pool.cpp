// SPDX-License-Identifier: MIT OR Apache-2.0
// framealloc's pools and heap. Every thread has its own lists; a block may be freed by any thread.
//   framealloc-pool           pool_alloc<T>() and pool_free()
//   framealloc-pool-resource  SmartAlloc::pool_resource(), a std::pmr::memory_resource
//   framealloc-heap           heap_alloc<T>(count) and heap_free()
#include <memory_resource>

#include "../harness/register.hpp"
#include "framealloc_shared.hpp"
#include "peers.hpp"

namespace bench {
namespace {

using framealloc::SmartAlloc;

class Pool {
 public:
  static constexpr bool kFreesEach = true;
  struct Session {
    template <class T>
    [[nodiscard, gnu::always_inline]] T* make() {
      return allocator.pool_alloc<T>();
    }
    template <class T>
    [[gnu::always_inline]] void give_back(T* p) {
      allocator.pool_free(p);
    }
    SmartAlloc& allocator;
  };
  Session open() { return {allocator_}; }
  void close(Session&) {}

 private:
  SmartAlloc& allocator_ = shared_allocator();
};
struct Pools {
  template <std::size_t>
  using Of = Pool;
};

class Resource {
 public:
  static constexpr bool kFreesEach = true;
  struct Session : UniformSession<Session> {
    explicit Session(std::pmr::memory_resource* r) : resource(r) {}
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      return resource->allocate(size, alignment);
    }
    [[gnu::always_inline]] void drop(void* p, std::size_t size, std::size_t alignment) {
      resource->deallocate(p, size, alignment);
    }
    std::pmr::memory_resource* resource;
  };
  Session open() { return Session(resource_); }
  void close(Session&) {}

 private:
  std::pmr::memory_resource* resource_ = shared_allocator().pool_resource();
};

class Heap {
 public:
  static constexpr bool kFreesEach = true;
  struct Session {
    template <class T>
    [[nodiscard, gnu::always_inline]] T* make_batch(std::size_t count) {
      return allocator.heap_alloc<T>(count);
    }
    [[gnu::always_inline]] void give_back(void* p, std::size_t, std::size_t) {
      allocator.heap_free(static_cast<std::byte*>(p));
    }
    SmartAlloc& allocator;
  };
  Session open() { return {allocator_}; }
  void close(Session&) {}

 private:
  SmartAlloc& allocator_ = shared_allocator();
};

}  // namespace

void add_framealloc_pool(Rows& rows) {
  add_fixed_pool<Pools>(rows, "framealloc-pool");
  add_case<Handoff<Pool>>(rows, "W4", "framealloc-pool", Guarantee::Distinct, false);
  add_general<Resource>(rows, "framealloc-pool-resource");
  add_case<RoundCase<Heap, Batch>>(rows, "W3", "framealloc-heap");
}

}  // namespace bench
