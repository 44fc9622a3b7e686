// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <future>
#include <span>

namespace fa = framealloc;

class Streamer {
 public:
  void begin(std::size_t count) {
    alloc_.begin_frame();
    const std::span<int> order = alloc_.frame_slice<int>(count);
    result_ = std::async(std::launch::async, [order] {  // expect: FA201
      int total = 0;
      for (const int each : order) total += each;
      return total;
    });
    alloc_.end_frame();
  }
  int finish() { return result_.get(); }

 private:
  fa::SmartAlloc alloc_;
  std::future<int> result_;
};
int use(Streamer& streamer) {
  streamer.begin(4);
  return streamer.finish();
}
