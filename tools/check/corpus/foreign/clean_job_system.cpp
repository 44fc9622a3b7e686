// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace fa = framealloc;

class Jobs {
 public:
  void spawn(std::function<void()> job) { workers_.emplace_back(std::move(job)); }
  void wait() { workers_.clear(); }

 private:
  std::vector<std::jthread> workers_;
};
int run(Jobs& jobs) {
  int value = 0;
  jobs.spawn([&value] { value = 1; });
  jobs.wait();
  return value;
}
