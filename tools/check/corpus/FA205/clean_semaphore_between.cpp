// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <semaphore>
#include <thread>

namespace fa = framealloc;

struct Path {
  int nodes[8] = {};
};
void search(Path& path);
void frame(fa::SmartAlloc& alloc) {
  std::binary_semaphore done(0);
  alloc.begin_frame();
  std::thread finder([&] {
    search(*alloc.frame_new<Path>());
    done.release();
  });
  done.acquire();
  alloc.end_frame();
  finder.join();
}
