// SPDX-License-Identifier: MIT OR Apache-2.0
// What was current becomes what was before, as the frame ends: only that member keeps it.
#include <framealloc/framealloc.hpp>

#include <cstddef>

namespace fa = framealloc;

class Poses {
 public:
  explicit Poses(fa::SmartAlloc& alloc) : alloc_(alloc) {}

  void begin(std::size_t count) {
    alloc_.begin_frame();
    current_ = alloc_.frame_slice<float>(count);
  }
  void end() {
    previous_ = current_;  // expect: FA601
    current_ = {};
    alloc_.end_frame();
  }
  std::size_t had() const { return previous_.size(); }

 private:
  fa::SmartAlloc& alloc_;
  fa::FrameSlice<float> current_;
  fa::FrameSlice<float> previous_;
};
