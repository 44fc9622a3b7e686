// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>

namespace fa = framealloc;

struct Query {
  explicit Query(fa::FrameArena& arena) : hits(arena.alloc_batch<int>(32)) {}  // expect: FA601
  int* hits;
  int count = 0;
};

class Sensor {
 public:
  explicit Sensor(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void look() {
    query_ = std::make_unique<Query>(alloc_.frame_arena());
    query_->hits[query_->count++] = 7;
  }
  int seen() const { return query_ == nullptr ? 0 : query_->count; }
  void forget() { query_.reset(); }

 private:
  fa::SmartAlloc& alloc_;
  std::unique_ptr<Query> query_;
};

int play(fa::SmartAlloc& alloc, int frames) {
  Sensor sensor(alloc);
  int seen = 0;
  for (int i = 0; i < frames; ++i) {
    alloc.begin_frame();
    sensor.look();
    seen += sensor.seen();
    alloc.end_frame();
  }
  return seen;
}
