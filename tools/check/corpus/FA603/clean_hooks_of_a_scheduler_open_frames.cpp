// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>

namespace fa = framealloc;

bool is_running();
struct Schedule {
  void add(std::function<void()> system);
  void run();
};
int main() {
  fa::SmartAlloc alloc;
  Schedule schedule;
  schedule.add([&] { alloc.begin_frame(); });
  schedule.add([&] { alloc.end_frame(); });
  while (is_running()) {
    schedule.run();
    int* ticks = alloc.frame_new<int>(0);
    ++*ticks;
  }
}
