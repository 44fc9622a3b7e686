// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <optional>

namespace fa = framealloc;

struct Contact {
  int a = 0, b = 0;
};

// What one frame needs, made in one go and let go in one go.
struct Group {
  Group(fa::FrameArena& arena, std::size_t bodies)
      : first(arena.alloc_batch<Contact*>(bodies)), touching(arena) {}

  Contact** first;
  fa::FrameVec<Contact> touching;
};

class Contacts {
 public:
  explicit Contacts(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void gather(std::size_t bodies) {
    group_.emplace(alloc_.frame_arena(), bodies);
    group_->touching.push_back({1, 2});
    group_->first[0] = alloc_.frame_new<Contact>(Contact{3, 4});
  }
  std::size_t count() const { return group_ ? group_->touching.size() : 0; }
  void release() { group_.reset(); }

 private:
  fa::SmartAlloc& alloc_;
  std::optional<Group> group_;
};

class World {
 public:
  World() : contacts_(alloc_) {}
  void run_frame() {
    alloc_.begin_frame();
    contacts_.gather(100);
    seen_ += contacts_.count();
    contacts_.release();
    alloc_.end_frame();
  }

 private:
  fa::SmartAlloc alloc_;
  Contacts contacts_;
  std::size_t seen_ = 0;
};
