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
  void kick() {
    for (auto& task : tasks_) std::thread(std::move(task)).detach();
    tasks_.clear();
  }

 private:
  std::vector<std::function<void()>> tasks_;
};
void simulate(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  TaskGraph graph;
  int* cells = alloc.frame_alloc_batch<int>(64);
  graph.add([cells] { cells[0] = 1; });  // expect: FA201
  graph.kick();
}
