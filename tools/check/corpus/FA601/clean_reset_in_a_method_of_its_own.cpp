// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>

namespace fa = framealloc;

class Renderer {
 public:
  explicit Renderer(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  void begin() {
    alloc_.begin_frame();
    commands_ = alloc_.frame_slice<int>(128).span();
  }
  void draw(int what) { commands_[0] = what; }
  void end() {
    drop();
    alloc_.end_frame();
  }

 private:
  void drop() { commands_ = {}; }
  fa::SmartAlloc& alloc_;
  std::span<int> commands_;
};
