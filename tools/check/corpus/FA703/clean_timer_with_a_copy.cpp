// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace fa = framealloc;

class Timers {
 public:
  void after(std::function<void()> action) { actions_.push_back(std::move(action)); }
  template <class F>
  void now(F&& action) {
    action();
  }

 private:
  std::vector<std::function<void()>> actions_;
};
void log(const std::string& text);
void blink(fa::SmartAlloc& alloc, Timers& timers) {
  const auto frame = alloc.scoped_frame();
  auto text = alloc.frame_string(16);
  text.append("on");
  timers.now([&text] { text.append("!"); });
  timers.after([copy = std::string(text.data(), text.size())] { log(copy); });
}
