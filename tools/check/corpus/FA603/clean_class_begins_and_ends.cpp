// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool running();
class Frame {
 public:
  explicit Frame(fa::SmartAlloc& alloc) : alloc_(alloc) { alloc_.begin_frame(); }
  ~Frame() { alloc_.end_frame(); }
  Frame(const Frame&) = delete;

 private:
  fa::SmartAlloc& alloc_;
};
int main() {
  fa::SmartAlloc alloc;
  while (running()) {
    const Frame frame(alloc);
    *alloc.frame_alloc<int>() = 1;
  }
}
