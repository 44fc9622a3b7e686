// SPDX-License-Identifier: MIT OR Apache-2.0
// Groups against a malloc and a free for each object, and against a monotonic resource that is
// released. The resource serves one thread and counts nothing.
#include <cstdlib>
#include <memory_resource>

#include <framealloc/framealloc.hpp>

#include "../harness/register.hpp"
#include "../workloads/groups.hpp"
#include "peers.hpp"

namespace bench {
namespace {

class Groups {
 public:
  static constexpr bool kFreesEach = false;
  struct Session : UniformSession<Session> {
    Session(framealloc::GroupAllocator& all, framealloc::GroupId id) : groups(all), group(id) {}
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      return groups.alloc_layout(group, size, alignment);
    }
    framealloc::GroupAllocator& groups;
    framealloc::GroupId group;
  };
  Session open() { return Session(groups_, groups_.create_group("level")); }
  void close(Session& session) { (void)groups_.free_group(session.group); }

 private:
  framealloc::SmartAlloc alloc_;
  framealloc::GroupAllocator& groups_ = alloc_.groups();
};

class MallocEach {
 public:
  static constexpr bool kFreesEach = true;
  struct Session : UniformSession<Session> {
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      return alignment <= alignof(std::max_align_t) ? std::malloc(size)
                                                    : std::aligned_alloc(alignment, size);
    }
    [[gnu::always_inline]] void drop(void* p, std::size_t, std::size_t) { std::free(p); }
  };
  Session open() { return {}; }
  void close(Session&) {}
};

class Monotonic {
 public:
  static constexpr bool kFreesEach = false;
  struct Session : UniformSession<Session> {
    explicit Session(std::pmr::monotonic_buffer_resource& all) : resource(all) {}
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      return resource.allocate(size, alignment);
    }
    std::pmr::monotonic_buffer_resource& resource;
  };
  Session open() { return Session(resource_); }
  void close(Session&) { resource_.release(); }

 private:
  std::pmr::monotonic_buffer_resource resource_;
};

}  // namespace

void add_groups(Rows& rows) {
  add_case<RoundCase<Groups, GroupFill>>(rows, "groups", "framealloc");
  add_case<RoundCase<MallocEach, GroupFill>>(rows, "groups", "glibc");
  add_case<RoundCase<Monotonic, GroupFill>>(rows, "groups", "pmr-monotonic");
}

}  // namespace bench
