// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <thread>
#include <utility>
#include <vector>

namespace fa = framealloc;

class TaskGraph {
 public:
  void add(std::function<void()> task) { tasks_.push_back(std::move(task)); }
  void run() {
    std::vector<std::jthread> threads;
    for (auto& task : tasks_) threads.emplace_back(std::move(task));
    threads.clear();
    tasks_.clear();
  }

 private:
  std::vector<std::function<void()>> tasks_;
};
void simulate(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  TaskGraph graph;
  int* cells = alloc.frame_alloc_batch<int>(64);
  graph.add([cells] { cells[0] = 1; });
  graph.run();
}
