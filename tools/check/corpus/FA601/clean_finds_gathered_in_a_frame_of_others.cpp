// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <span>

namespace fa = framealloc;

struct Body {
  float x = 0;
};

// Ends with the query that it serves, and no frame ends in that.
class Found {
 public:
  explicit Found(fa::SmartAlloc& alloc) : found_(alloc.frame_arena()) {}
  bool add(Body& body) { return found_.push_back(&body); }
  std::span<Body* const> all() { return found_.into_span(); }

 private:
  fa::FrameVec<Body*> found_;
};

// Room for both, from one call.
struct Room {
  Body* bodies = nullptr;
  bool take(fa::FrameArena& arena, std::size_t count) {
    bodies = static_cast<Body*>(arena.alloc_bytes(count * sizeof(Body)));
    return bodies != nullptr;
  }
};

std::span<Body* const> left_of(fa::SmartAlloc& alloc, std::span<Body> bodies, float x) {
  Found found(alloc);
  for (Body& body : bodies)
    if (body.x < x) (void)found.add(body);
  return found.all();
}
std::size_t copies(fa::SmartAlloc& alloc, std::span<const Body> bodies) {
  Room room;
  if (!room.take(alloc.frame_arena(), bodies.size())) return 0;
  for (std::size_t i = 0; i < bodies.size(); ++i) room.bodies[i] = bodies[i];
  return bodies.size();
}
