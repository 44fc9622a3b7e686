// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

class Worker {
 public:
  explicit Worker(fa::SmartAlloc& alloc) : alloc_(alloc) {}
  int run() {
    open();
    auto cells = alloc_.frame_slice<int>(16);
    cells[0] = 1;
    const int inside = cells[0];
    close();
    return inside + cells[1];  // expect: FA606
  }

 private:
  void open() { alloc_.begin_thread_frame(); }
  void close() { alloc_.end_thread_frame(); }
  fa::SmartAlloc& alloc_;
};
int use(Worker& worker) { return worker.run(); }
