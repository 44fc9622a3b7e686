// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <future>
#include <span>
#include <vector>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto numbers = alloc.frame_slice<int>(1024);
  std::vector<std::future<int>> parts;
  for (std::size_t at = 0; at < numbers.size(); at += 256) {
    const std::span<int> part = std::span<int>(numbers).subspan(at, 256);
    parts.push_back(std::async(std::launch::async, [part] {
      int total = 0;
      for (int& each : part) total += ++each;
      return total;
    }));
  }
  int total = 0;
  for (auto& part : parts) total += part.get();
  return total;
}
