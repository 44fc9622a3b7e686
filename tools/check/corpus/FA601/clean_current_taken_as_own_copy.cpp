// SPDX-License-Identifier: MIT OR Apache-2.0
// What was current is copied into memory of its own as the frame ends.
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <vector>

namespace fa = framealloc;

class Poses {
 public:
  explicit Poses(fa::SmartAlloc& alloc) : alloc_(alloc) {}

  void begin(std::size_t count) {
    alloc_.begin_frame();
    current_ = alloc_.frame_slice<float>(count);
  }
  void end() {
    previous_.assign(current_.begin(), current_.end());
    current_ = {};
    alloc_.end_frame();
  }
  std::size_t had() const { return previous_.size(); }

 private:
  fa::SmartAlloc& alloc_;
  fa::FrameSlice<float> current_;
  std::vector<float> previous_;
};
