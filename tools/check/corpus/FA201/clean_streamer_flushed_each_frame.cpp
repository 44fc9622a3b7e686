// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <span>
#include <thread>

namespace fa = framealloc;

class Streamer {
 public:
  ~Streamer() { flush(); }
  void upload(std::span<const float> data) {
    flush();
    thread_ = std::thread([this, data] {
      for (float each : data) sum_ += each;
    });
  }
  void flush() {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::thread thread_;
  float sum_ = 0;
};
void frame(fa::SmartAlloc& alloc, Streamer& streamer) {
  alloc.begin_frame();
  auto vertices = alloc.frame_slice<float>(64);
  vertices[0] = 1.0F;
  streamer.upload(vertices);
  streamer.flush();
  alloc.end_frame();
}
