// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>

namespace fa = framealloc;

class Tick {
 public:
  explicit Tick(fa::SmartAlloc& alloc) : alloc_(&alloc) { alloc_->begin_frame(); }
  Tick(Tick&& other) noexcept : alloc_(std::exchange(other.alloc_, nullptr)) {}
  Tick& operator=(Tick&&) = delete;
  ~Tick() {
    if (alloc_ != nullptr) alloc_->end_frame();
  }

 private:
  fa::SmartAlloc* alloc_;
};

int run(fa::SmartAlloc& alloc) {
  int* score = nullptr;
  {
    Tick tick(alloc);
    score = alloc.frame_new<int>(4);
    *score += 1;
  }
  return *score;  // expect: FA606
}
