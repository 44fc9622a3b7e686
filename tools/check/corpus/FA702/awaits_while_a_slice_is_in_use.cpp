// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../support/task.hpp"

namespace fa = framealloc;

class Loader {
 public:
  explicit Loader(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  Task run() {
    const auto frame = alloc_.scoped_frame();
    auto pending = alloc_.frame_slice<int>(4);
    for (int& each : pending) {
      each = 1;
      co_await tick();  // expect: FA702
      done_ += each;
    }
  }

 private:
  fa::SmartAlloc& alloc_;
  int done_ = 0;
};
void use(Loader& loader) { loader.run(); }
