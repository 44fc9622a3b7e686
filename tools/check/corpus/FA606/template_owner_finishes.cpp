// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

template <class Allocator>
class Pass {
 public:
  explicit Pass(Allocator& alloc) : alloc_(alloc) { alloc_.begin_frame(); }
  void finish() { alloc_.end_frame(); }
  template <class T>
  T* take() {
    return alloc_.template frame_alloc<T>();
  }

 private:
  Allocator& alloc_;
};
int run(fa::SmartAlloc& alloc) {
  Pass<fa::SmartAlloc> pass(alloc);
  int* cell = pass.take<int>();
  *cell = 1;
  pass.finish();
  return *cell;  // expect: FA606
}
