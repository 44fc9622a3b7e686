// SPDX-License-Identifier: MIT OR Apache-2.0
// The first program: memory that lives for one frame. Nothing is freed one by one: end_frame()
// frees everything, and runs the destructors of objects made with frame_box() or frame_new().
#include <framealloc/framealloc.hpp>

#include <cstdio>

namespace fa = framealloc;

namespace {

struct Explosion {
  float x, y;
  int sparks;
  ~Explosion() { std::printf("  the explosion of %d sparks is over\n", sparks); }
};

}  // namespace

int main() {
  fa::SmartAlloc alloc;  // memory from the system, no limits

  for (int frame = 0; frame < 3; ++frame) {
    alloc.begin_frame();

    // One object. The box is only a pointer; the frame frees the object.
    fa::FrameBox<Explosion> explosion = alloc.frame_box<Explosion>(1.0F, 2.0F, 10 + frame);

    // A vector in frame memory that grows in place where it can.
    fa::FrameVec<int> visible = alloc.frame_vec<int>();
    for (int i = 0; i < 100 * (frame + 1); ++i) visible.push_back(i);

    std::printf("frame %d: %zu visible objects, %d sparks\n", frame, visible.size(),
                explosion->sparks);
    alloc.end_frame();  // O(1), whatever was allocated
  }

  const fa::AllocStats stats = alloc.stats();
  std::printf("in use after the last frame: %zu bytes\n", stats.total_allocated);
  return stats.total_allocated == 0 ? 0 : 1;
}
