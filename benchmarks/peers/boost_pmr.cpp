// SPDX-License-Identifier: MIT OR Apache-2.0
// Boost.Container's memory resources: compiled into its library, called through their base class.
// They refuse alignments above 16; the session asks for more and aligns by itself, so that the
// caller gets the same as from every peer.
#include <boost/container/pmr/global_resource.hpp>
#include <boost/container/pmr/monotonic_buffer_resource.hpp>
#include <boost/container/pmr/unsynchronized_pool_resource.hpp>

#include "../harness/register.hpp"
#include "peers.hpp"

namespace bench {
namespace {

namespace pmr = boost::container::pmr;
constexpr std::size_t kMost = alignof(std::max_align_t);

class Monotonic {
 public:
  static constexpr bool kFreesEach = false;

  struct Session : UniformSession<Session> {
    explicit Session(pmr::memory_resource* r) : resource(r) {}
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      if (alignment <= kMost) return resource->allocate(size, alignment);
      auto* p = static_cast<std::byte*>(resource->allocate(size + alignment - kMost, kMost));
      return p + (-reinterpret_cast<std::uintptr_t>(p) & (alignment - 1));
    }
    pmr::memory_resource* resource;
  };

  Session open() { return Session(opaque<pmr::memory_resource>(&resource_)); }
  void close(Session&) { resource_.release(); }

 private:
  WarmBuffer memory_{kArenaBytes};
  pmr::monotonic_buffer_resource resource_{memory_.begin(), memory_.size(),
                                           pmr::null_memory_resource()};
};

// A block of more than the ordinary alignment would need a header to find its start again, which
// the other pools do not pay: this one is measured with fixed sizes only.
class Pool {
 public:
  static constexpr bool kFreesEach = true;

  struct Session : UniformSession<Session> {
    explicit Session(pmr::memory_resource* r) : resource(r) {}
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      return resource->allocate(size, alignment);
    }
    [[gnu::always_inline]] void drop(void* p, std::size_t size, std::size_t alignment) {
      resource->deallocate(p, size, alignment);
    }
    pmr::memory_resource* resource;
  };

  Session open() { return Session(opaque<pmr::memory_resource>(&resource_)); }
  void close(Session&) {}

 private:
  pmr::unsynchronized_pool_resource resource_;
};

struct Pools {
  template <std::size_t>
  using Of = Pool;
};

}  // namespace

void add_boost_pmr(Rows& rows) {
  add_arena<Monotonic>(rows, "boost-pmr-monotonic");
  add_fixed_pool<Pools>(rows, "boost-pmr-pool");
}

}  // namespace bench
