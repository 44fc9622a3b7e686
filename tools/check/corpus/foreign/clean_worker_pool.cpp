// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <atomic>
#include <future>
#include <vector>

namespace fa = framealloc;

int run(const std::vector<int>& values) {
  std::atomic<int> sum{0};
  std::vector<std::future<void>> tasks;
  for (const int value : values) {
    tasks.push_back(std::async(std::launch::async, [&sum, value] { sum += value; }));
  }
  for (std::future<void>& task : tasks) task.get();
  return sum;
}
