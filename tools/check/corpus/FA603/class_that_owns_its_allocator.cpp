// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

bool running();
class Server {
 public:
  int serve() {
    int sum = 0;
    while (running()) {  // expect: FA603
      int* request = alloc_.frame_new<int>(1);
      sum += *request;
    }
    return sum;
  }

 private:
  fa::SmartAlloc alloc_;
};
