// SPDX-License-Identifier: MIT OR Apache-2.0
// framealloc's frame memory. A round is a frame: begin_frame() and end_frame() are inside the time.
//   framealloc-arena     through the handle that SmartAlloc::frame_arena() gives
//   framealloc           through SmartAlloc itself
//   framealloc-resource  through SmartAlloc::frame_resource(), a std::pmr::memory_resource
//   framealloc-thread    W5: each thread has a frame of its own
//   framealloc-burst     W1: through a FrameBurst, on an allocator as it comes
//   framealloc-scope     W3: inside a frame, the block is given back by a frame_scope()
// Budgets are on, but for W3, whose operation is a whole frame: there framealloc-arena and
// framealloc are an allocator as it comes, framealloc-budgets is the other.
#include <memory_resource>
#include <utility>

#include "../harness/register.hpp"
#include "framealloc_shared.hpp"
#include "peers.hpp"

namespace bench {
namespace {

using framealloc::FrameArena;
using framealloc::SmartAlloc;

// What every use of an arena handle looks like.
struct HandleSession {
  template <class T>
  [[nodiscard, gnu::always_inline]] T* make() {
    return arena.alloc<T>();
  }
  [[nodiscard, gnu::always_inline]] void* make(std::size_t size, std::size_t alignment) {
    // The short form promises 16, like malloc; whoever knows the alignment may choose it.
    if (__builtin_constant_p(alignment) && alignment <= 16) return arena.alloc_bytes(size);
    return arena.alloc_bytes(size, alignment);
  }
  template <class T>
  [[nodiscard, gnu::always_inline]] T* make_batch(std::size_t count) {
    return arena.alloc_batch<T>(count);
  }
  FrameArena& arena;
};

template <SmartAlloc& (*allocator)()>
class HandleOf {
 public:
  static constexpr bool kFreesEach = false;
  HandleSession open() {
    allocator_.begin_frame();
    return {allocator_.frame_arena()};
  }
  void close(HandleSession&) { allocator_.end_frame(); }

 private:
  SmartAlloc& allocator_ = allocator();
};
using Handle = HandleOf<shared_allocator>;

class ThreadHandle {
 public:
  static constexpr bool kFreesEach = false;
  HandleSession open() {
    allocator_.begin_thread_frame();
    return {allocator_.frame_arena()};
  }
  void close(HandleSession&) { allocator_.end_thread_frame(); }

 private:
  SmartAlloc& allocator_ = shared_allocator();
};

struct FacadeSession {
  template <class T>
  [[nodiscard, gnu::always_inline]] T* make() {
    return allocator.frame_alloc<T>();
  }
  [[nodiscard, gnu::always_inline]] void* make(std::size_t size, std::size_t alignment) {
    return allocator.frame_alloc_layout(size, alignment);
  }
  template <class T>
  [[nodiscard, gnu::always_inline]] T* make_batch(std::size_t count) {
    return allocator.frame_alloc_batch<T>(count);
  }
  SmartAlloc& allocator;
};

template <SmartAlloc& (*allocator)()>
class FacadeOf {
 public:
  static constexpr bool kFreesEach = false;
  FacadeSession open() {
    allocator_.begin_frame();
    return {allocator_};
  }
  void close(FacadeSession&) { allocator_.end_frame(); }

 private:
  SmartAlloc& allocator_ = allocator();
};
using Facade = FacadeOf<shared_allocator>;

class Resource {
 public:
  static constexpr bool kFreesEach = false;
  struct Session : UniformSession<Session> {
    explicit Session(std::pmr::memory_resource* r) : resource(r) {}
    [[gnu::always_inline]] void* take(std::size_t size, std::size_t alignment) {
      return resource->allocate(size, alignment);
    }
    std::pmr::memory_resource* resource;
  };
  Session open() {
    allocator_.begin_frame();
    return Session(allocator_.frame_resource());
  }
  void close(Session&) { allocator_.end_frame(); }

 private:
  SmartAlloc& allocator_ = shared_allocator();
};

class Bursts {
 public:
  static constexpr bool kFreesEach = false;
  struct Session {
    template <class T>
    [[nodiscard, gnu::always_inline]] T* make() {
      return burst.alloc<T>();
    }
    framealloc::FrameBurst burst;
  };
  Session open() {
    allocator_.begin_frame();
    return {allocator_.frame_burst()};
  }
  void close(Session& session) {
    {
      // It ends inside the frame, as it does where it is written in one.
      const framealloc::FrameBurst ended = std::move(session.burst);
    }
    allocator_.end_frame();
  }

 private:
  SmartAlloc& allocator_ = default_allocator();
};

// The frame stays open; a round ends by rewinding.
class Scope {
 public:
  static constexpr bool kFreesEach = false;
  struct Session {
    explicit Session(SmartAlloc& a) : scope(a.frame_scope()) {}
    template <class T>
    [[nodiscard, gnu::always_inline]] T* make_batch(std::size_t count) {
      return scope.alloc_batch<T>(count);
    }
    framealloc::FrameScope scope;
  };
  Scope() { allocator_.begin_frame(); }
  ~Scope() { allocator_.end_frame(); }
  Session open() { return Session(allocator_); }
  void close(Session&) {}

 private:
  // Its own allocator: the shared one has frames of other rows to open.
  SmartAlloc allocator_;
};

// W6: the library's own vector, which grows in place while it is the newest thing in the frame.
struct FrameVectors {
  using Vector = framealloc::FrameVec<int>;
  static Vector make(HandleSession& session) { return Vector(session.arena); }
};
// W6: std::vector on the frame, as a user writes it.
struct PmrVectors {
  using Vector = std::pmr::vector<int>;
  static Vector make(Resource::Session& session) { return Vector(session.resource); }
};

}  // namespace

void add_framealloc_frame(Rows& rows) {
  add_bursts<Handle>(rows, "framealloc-arena");
  add_frames<Handle>(rows, "framealloc-arena");
  add_bursts<Facade>(rows, "framealloc");
  add_frames<Facade>(rows, "framealloc");
  add_bursts<Bursts>(rows, "framealloc-burst");
  add_bursts<Resource>(rows, "framealloc-resource");
  add_frames<Resource>(rows, "framealloc-resource");
  add_case<RoundCase<HandleOf<default_allocator>, Batch>>(rows, "W3", "framealloc-arena");
  add_case<RoundCase<FacadeOf<default_allocator>, Batch>>(rows, "W3", "framealloc");
  add_case<RoundCase<Handle, Batch>>(rows, "W3", "framealloc-budgets");
  add_case<RoundCase<Scope, Batch>>(rows, "W3", "framealloc-scope");
  add_scaling<BurstCase<ThreadHandle>>(rows, "burst", "framealloc-thread");
  add_case<HeldCase<Handle, Vectors<Handle, FrameVectors>>>(rows, "W6", "framealloc-framevec");
  add_standard_vectors<Handle>(rows, "framealloc-arena");
  add_case<HeldCase<Resource, Vectors<Resource, PmrVectors>>>(rows, "W6", "framealloc-resource");
}

}  // namespace bench
