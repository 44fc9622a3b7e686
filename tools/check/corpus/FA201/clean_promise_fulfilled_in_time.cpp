// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <future>
#include <thread>
#include <utility>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  auto values = alloc.frame_slice<int>(8);
  std::promise<int> done;
  std::future<int> result = done.get_future();
  std::thread worker([&values, done = std::move(done)]() mutable {
    int total = 0;
    for (const int each : values) total += each;
    done.set_value(total);
  });
  const int total = result.get();
  alloc.end_frame();
  worker.join();
  return total;
}
