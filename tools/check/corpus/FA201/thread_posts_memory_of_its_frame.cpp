// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <atomic>
#include <thread>

namespace fa = framealloc;

struct Wave {
  float height = 0;
};
class Post {
 public:
  void put(const Wave* wave) { wave_.store(wave); }
  const Wave* take() { return wave_.exchange(nullptr); }

 private:
  std::atomic<const Wave*> wave_{nullptr};
};
void simulate(fa::SmartAlloc& alloc, Post& post, const std::atomic<bool>& run) {
  while (run) {
    alloc.begin_frame();
    Wave* wave = alloc.frame_new<Wave>();
    wave->height = 1;
    post.put(wave);  // expect: FA201
    alloc.end_frame();
  }
}
float watch(fa::SmartAlloc& alloc) {
  Post post;
  std::atomic<bool> run{true};
  std::jthread simulation([&alloc, &post, &run] { simulate(alloc, post, run); });
  float highest = 0;
  while (highest < 10)
    if (const Wave* wave = post.take()) highest += wave->height;
  run = false;
  return highest;
}
