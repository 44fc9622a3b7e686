// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <utility>
#include <vector>

namespace fa = framealloc;

class Signal {
 public:
  void connect(std::function<void(int)> slot) { slots_.push_back(std::move(slot)); }
  void emit(int value) const {
    for (const auto& slot : slots_) slot(value);
  }

 private:
  std::vector<std::function<void(int)>> slots_;
};
class Hud {
 public:
  Signal damaged;
  void bind(fa::SmartAlloc& alloc) {
    int* flash = alloc.frame_new<int>(0);
    damaged.connect([flash](int value) { *flash += value; });  // expect: FA703
  }
};
void run(Hud& hud, fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  hud.bind(alloc);
  alloc.end_frame();
  hud.damaged.emit(2);
}
