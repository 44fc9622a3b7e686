// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <map>
#include <utility>

namespace fa = framealloc;

class Timers {
 public:
  void after(int delay, std::function<void()> action) {
    actions_.emplace(now_ + delay, std::move(action));
  }
  void advance() {
    ++now_;
    for (auto at = actions_.begin(); at != actions_.end() && at->first <= now_;) {
      at->second();
      at = actions_.erase(at);
    }
  }

 private:
  std::multimap<int, std::function<void()>> actions_;
  int now_ = 0;
};
void blink(fa::SmartAlloc& alloc, Timers& timers) {
  const auto frame = alloc.scoped_frame();
  auto* light = alloc.frame_new<bool>(false);
  timers.after(3, [light] { *light = !*light; });  // expect: FA703
}
