// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <vector>

namespace fa = framealloc;

class Encoder {
 public:
  void begin_frame() { buffer_.clear(); }
  unsigned char* frame_alloc(std::size_t bytes) {
    buffer_.resize(buffer_.size() + bytes);
    return buffer_.data() + buffer_.size() - bytes;
  }
  void end_frame() { ++frames_; }

 private:
  std::vector<unsigned char> buffer_;
  int frames_ = 0;
};
unsigned char* g_last = nullptr;
int run(Encoder& encoder) {
  int sum = 0;
  for (int i = 0; i < 100; ++i) {
    encoder.begin_frame();
    g_last = encoder.frame_alloc(64);
    encoder.end_frame();
    sum += g_last[0];
  }
  return sum;
}
