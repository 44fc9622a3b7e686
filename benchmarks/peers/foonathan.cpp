// SPDX-License-Identifier: MIT OR Apache-2.0
// foonathan/memory, Debian's build without its debug checks.
//   foonathan-stack      memory_stack, unwound to a marker at the end of a round
//   foonathan-iteration  iteration_allocator with two halves, the nearest thing to a frame arena
//   foonathan-pool       memory_pool, one object size
#include <foonathan/memory/iteration_allocator.hpp>
#include <foonathan/memory/memory_pool.hpp>
#include <foonathan/memory/memory_stack.hpp>

#include "../harness/register.hpp"
#include "peers.hpp"

namespace bench {
namespace {

namespace fm = foonathan::memory;

class Stack {
 public:
  static constexpr bool kFreesEach = false;
  using Allocator = fm::memory_stack<>;

  struct Session : UniformSession<Session> {
    explicit Session(Allocator& a) : allocator(a), marker(a.top()) {}
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      return allocator.allocate(size, alignment);
    }
    Allocator& allocator;
    Allocator::marker marker;
  };

  Session open() { return Session(allocator_); }
  void close(Session& session) { allocator_.unwind(session.marker); }

 private:
  Allocator allocator_{kArenaBytes};
};

class Iteration {
 public:
  static constexpr bool kFreesEach = false;
  using Allocator = fm::iteration_allocator<2>;

  struct Session : UniformSession<Session> {
    explicit Session(Allocator& a) : allocator(a) {}
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      return allocator.allocate(size, alignment);
    }
    Allocator& allocator;
  };

  Session open() { return Session(allocator_); }
  void close(Session&) { allocator_.next_iteration(); }

 private:
  Allocator allocator_{2 * kArenaBytes};
};

template <std::size_t size>
class Pool {
 public:
  static constexpr bool kFreesEach = true;
  using Allocator = fm::memory_pool<>;

  struct Session {
    template <class T>
    [[gnu::always_inline]] T* make() {
      return static_cast<T*>(allocator.allocate_node());
    }
    template <class T>
    [[gnu::always_inline]] void give_back(T* p) {
      allocator.deallocate_node(p);
    }
    Allocator& allocator;
  };

  Session open() { return {allocator_}; }
  void close(Session&) {}

 private:
  Allocator allocator_{size, kArenaBytes};
};

struct Pools {
  template <std::size_t size>
  using Of = Pool<size>;
};

}  // namespace

void add_foonathan(Rows& rows) {
  add_arena<Stack>(rows, "foonathan-stack");
  add_arena<Iteration>(rows, "foonathan-iteration");
  add_fixed_pool<Pools>(rows, "foonathan-pool");
}

}  // namespace bench
