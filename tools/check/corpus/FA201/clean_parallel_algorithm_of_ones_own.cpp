// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <algorithm>
#include <span>
#include <thread>
#include <vector>

namespace fa = framealloc;

template <class T, class F>
void parallel_for(std::span<T> items, F function) {
  std::vector<std::thread> threads;
  const std::size_t part = items.size() / 4 + 1;
  for (std::size_t at = 0; at < items.size(); at += part) {
    const auto chunk = items.subspan(at, std::min(part, items.size() - at));
    threads.emplace_back([chunk, &function] {
      for (T& each : chunk) function(each);
    });
  }
  for (std::thread& thread : threads) thread.join();
}
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto values = alloc.frame_slice<int>(1000);
  parallel_for(std::span<int>(values), [](int& each) { each += 2; });
  return values[3];
}
