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
Tick open(fa::SmartAlloc& alloc) {
  Tick tick(alloc);
  return tick;
}
int run(fa::SmartAlloc& alloc) {
  Tick outer = open(alloc);
  int* score = alloc.frame_new<int>(4);
  Tick moved = std::move(outer);
  return *score;
}
