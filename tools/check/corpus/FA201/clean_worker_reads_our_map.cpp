// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <atomic>
#include <thread>

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto counts = alloc.frame_map<int, int>(8);
  counts.insert(1, 2);
  std::atomic<int> total{0};
  {
    const std::jthread worker([&] {
      for (const auto& [key, value] : counts) total += key * value;
    });
    const std::jthread other([&] {
      if (const int* value = counts.get(1)) total += *value;
    });
  }
  return total.load();
}
