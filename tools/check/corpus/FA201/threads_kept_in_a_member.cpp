// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>
#include <vector>

namespace fa = framealloc;

class Loader {
 public:
  void load(fa::SmartAlloc& alloc) {
    const auto frame = alloc.scoped_frame();
    int* request = alloc.frame_alloc<int>();
    *request = 1;
    workers_.emplace_back([request] { *request = 2; });  // expect: FA201
  }

 private:
  std::vector<std::jthread> workers_;
};
