// SPDX-License-Identifier: MIT OR Apache-2.0
// The standard library's memory resources.
//   pmr-monotonic          monotonic_buffer_resource on a reused buffer, its function called
//   directly pmr-monotonic-virtual  the same through std::pmr::memory_resource, as containers call
//   it pmr-pool, pmr-sync-pool  the two pool resources, called through memory_resource
#include <memory_resource>

#include "../harness/register.hpp"
#include "peers.hpp"

namespace bench {
namespace {

// Opens a protected member: what a caller who knows the type pays.
class OpenMonotonic final : public std::pmr::monotonic_buffer_resource {
 public:
  using monotonic_buffer_resource::monotonic_buffer_resource;
  [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
    return monotonic_buffer_resource::do_allocate(size, alignment);
  }
};

class Monotonic {
 public:
  static constexpr bool kFreesEach = false;

  struct Session : UniformSession<Session> {
    explicit Session(OpenMonotonic& r) : resource(r) {}
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      return resource.take(size, alignment);
    }
    OpenMonotonic& resource;
  };

  Session open() { return Session(resource_); }
  void close(Session&) { resource_.release(); }

 private:
  WarmBuffer memory_{kArenaBytes};
  OpenMonotonic resource_{memory_.begin(), memory_.size(), std::pmr::null_memory_resource()};
};

struct VirtualSession : UniformSession<VirtualSession> {
  explicit VirtualSession(std::pmr::memory_resource* r) : resource(r) {}
  [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
    return resource->allocate(size, alignment);
  }
  [[gnu::always_inline]] void drop(void* p, std::size_t size, std::size_t alignment) {
    resource->deallocate(p, size, alignment);
  }
  std::pmr::memory_resource* resource;
};

class VirtualMonotonic {
 public:
  static constexpr bool kFreesEach = false;
  using Session = VirtualSession;

  Session open() { return Session(opaque<std::pmr::memory_resource>(&resource_)); }
  void close(Session&) { resource_.release(); }

 private:
  WarmBuffer memory_{kArenaBytes};
  std::pmr::monotonic_buffer_resource resource_{memory_.begin(), memory_.size(),
                                                std::pmr::null_memory_resource()};
};

template <class Resource>
class PmrPool {
 public:
  static constexpr bool kFreesEach = true;
  using Session = VirtualSession;

  Session open() { return Session(opaque<std::pmr::memory_resource>(&resource_)); }
  void close(Session&) {}

 private:
  Resource resource_;
};

}  // namespace

void add_std_pmr(Rows& rows) {
  add_arena<Monotonic>(rows, "pmr-monotonic");
  add_arena<VirtualMonotonic>(rows, "pmr-monotonic-virtual");
  add_pool<PmrPool<std::pmr::unsynchronized_pool_resource>>(rows, "pmr-pool");
  add_pool<PmrPool<std::pmr::synchronized_pool_resource>>(rows, "pmr-sync-pool");
}

}  // namespace bench
