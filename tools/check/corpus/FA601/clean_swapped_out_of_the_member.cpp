// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>

namespace fa = framealloc;

class Recorder {
 public:
  explicit Recorder(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  int frame() {
    const auto open = alloc_.scoped_frame();
    current_ = alloc_.frame_alloc<int>();
    *current_ = 5;
    int* const mine = std::exchange(current_, nullptr);
    return *mine;
  }

 private:
  fa::SmartAlloc& alloc_;
  int* current_ = nullptr;
};
