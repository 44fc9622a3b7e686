// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <array>

namespace fa = framealloc;

struct Lane {
  const int* cars = nullptr;
};
class Road {
 public:
  explicit Road(fa::SmartAlloc alloc) : alloc_(alloc) {}
  void step() {
    const auto frame = alloc_.scoped_frame();
    Lane& lane = lanes_[turn_];
    lane.cars = alloc_.frame_alloc_batch<int>(4);  // expect: FA601
    Lane& other = lanes_[1 - turn_];
    other.cars = nullptr;
    turn_ = 1 - turn_;
  }

 private:
  fa::SmartAlloc alloc_;
  std::array<Lane, 2> lanes_;
  std::size_t turn_ = 0;
};
