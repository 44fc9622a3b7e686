// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <map>

namespace fa = framealloc;

struct Route {
  int hops = 0;
};
class Routes {
 public:
  explicit Routes(fa::SmartAlloc alloc) : alloc_(alloc) {}
  void frame(int goal) {
    alloc_.begin_frame();
    const auto [it, is_new] = known_.emplace(goal, nullptr);
    if (is_new) it->second = alloc_.frame_new<Route>();
    hops_ += it->second->hops;
    known_.clear();
    alloc_.end_frame();
  }

 private:
  fa::SmartAlloc alloc_;
  std::map<int, Route*> known_;
  int hops_ = 0;
};
