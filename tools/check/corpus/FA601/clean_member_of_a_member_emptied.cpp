// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <utility>

namespace fa = framealloc;

struct Quad {
  float x = 0;
};
class Strip {
 public:
  void open(fa::SmartAlloc& alloc) { quads_ = alloc.frame_alloc_batch<Quad>(kMost); }
  void add(float x) {
    if (used_ < kMost) quads_[used_++].x = x;
  }
  std::size_t close() {
    quads_ = nullptr;
    return std::exchange(used_, 0);
  }

 private:
  static constexpr std::size_t kMost = 64;
  Quad* quads_ = nullptr;
  std::size_t used_ = 0;
};
class Painter {
 public:
  explicit Painter(fa::SmartAlloc alloc) : alloc_(std::move(alloc)) {}
  std::size_t paint(float width) {
    alloc_.begin_frame();
    strip_.open(alloc_);
    strip_.add(width);
    const std::size_t painted = strip_.close();
    alloc_.end_frame();
    return painted;
  }

 private:
  fa::SmartAlloc alloc_;
  Strip strip_;
};
