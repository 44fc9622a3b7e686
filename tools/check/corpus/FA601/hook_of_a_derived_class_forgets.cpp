// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

template <class Derived>
class Phase {
 public:
  explicit Phase(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  int advance() {
    alloc_.begin_frame();
    const int result = self().on_frame();
    self().on_end();
    alloc_.end_frame();
    return result;
  }

 protected:
  Derived& self() { return static_cast<Derived&>(*this); }
  fa::SmartAlloc& alloc_;
};
class Sight : public Phase<Sight> {
 public:
  using Phase::Phase;
  int on_frame() {
    seen_ = alloc_.frame_alloc_batch<int>(16);  // expect: FA601
    for (int i = 0; i < 16; ++i) seen_[i] = i;
    return seen_[15];
  }
  void on_end() { ++frames_; }

 private:
  int* seen_ = nullptr;
  int frames_ = 0;
};
int look(fa::SmartAlloc& alloc) {
  Sight sight(alloc);
  return sight.advance() + sight.advance();
}
