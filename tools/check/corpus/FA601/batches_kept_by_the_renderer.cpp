// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <vector>

namespace fa = framealloc;

// A batch of sprites whose vertices end with the frame.
struct Batch {
  Batch(fa::FrameArena& arena, int texture)
      : vertices(arena.alloc_batch<float>(64)),  // expect: FA601
        of(texture) {}
  float* vertices;
  int of;
};

class Sprites {
 public:
  explicit Sprites(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void add(int texture) { batches_.emplace_back(alloc_.frame_arena(), texture); }
  void draw() {
    for (Batch& batch : batches_) batch.vertices[0] += 1.0F;
  }
  void clear() { batches_.clear(); }

 private:
  fa::SmartAlloc& alloc_;
  std::vector<Batch> batches_;
};

class Renderer {
 public:
  Renderer() : sprites_(std::make_unique<Sprites>(alloc_)) {}
  void frame() {
    alloc_.begin_frame();
    sprites_->add(1);
    sprites_->add(2);
    sprites_->draw();
    alloc_.end_frame();
  }

 private:
  fa::SmartAlloc alloc_;
  std::unique_ptr<Sprites> sprites_;
};
