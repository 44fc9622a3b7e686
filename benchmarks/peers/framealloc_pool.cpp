// SPDX-License-Identifier: MIT OR Apache-2.0
// framealloc's pools and heap. Every thread has its own lists; a block may be freed by any thread.
//   framealloc-pool           pool_alloc<T>() and pool_free()
//   framealloc-pool-resource  SmartAlloc::pool_resource(), a std::pmr::memory_resource
//   framealloc-heap           heap_alloc<T>(count) and heap_free()
//   framealloc-heap-resource  SmartAlloc::heap_resource()
//   framealloc-malloc         a malloc made of pool_resource(): the size stands before each block
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

template <std::pmr::memory_resource* (SmartAlloc::*which)() noexcept>
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
  std::pmr::memory_resource* resource_ = (shared_allocator().*which)();
};
using PoolResource = Resource<&SmartAlloc::pool_resource>;
using HeapResource = Resource<&SmartAlloc::heap_resource>;

// What LD_PRELOAD would put in malloc's place. Not inlined, as malloc is not.
class Malloc {
 public:
  static constexpr bool kFreesEach = true;
  struct Session : UniformSession<Session> {
    explicit Session(std::pmr::memory_resource* r) : resource(r) {}
    [[gnu::noinline]] void* take(std::size_t size, std::size_t) {
      void* const block = resource->allocate(size + kHeader, kHeader);
      *static_cast<std::size_t*>(block) = size;
      return static_cast<std::byte*>(block) + kHeader;
    }
    [[gnu::noinline]] void drop(void* p, std::size_t, std::size_t) {
      void* const block = static_cast<std::byte*>(p) - kHeader;
      resource->deallocate(block, *static_cast<std::size_t*>(block) + kHeader, kHeader);
    }
    std::pmr::memory_resource* resource;
  };
  Session open() { return Session(resource_); }
  void close(Session&) {}

 private:
  static constexpr std::size_t kHeader = 16;
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
  add_owners<Pool>(rows, "framealloc-pool");
  add_batches<Malloc>(rows, "framealloc-malloc");
  add_general<PoolResource>(rows, "framealloc-pool-resource");
  add_case<RoundCase<HeapResource, Pair<64>>>(rows, "W2/pair64", "framealloc-heap-resource");
  add_case<ChurnCase<HeapResource, 64>>(rows, "W2/churn64", "framealloc-heap-resource");
  add_case<RoundCase<Heap, Batch>>(rows, "W3", "framealloc-heap");
}

}  // namespace bench
