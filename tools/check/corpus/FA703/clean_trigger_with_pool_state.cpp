// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

namespace fa = framealloc;

struct Quest {
  int stage = 0;
};
class Triggers {
 public:
  template <class F>
  void on(std::string name, F&& action) {
    table_.emplace(std::move(name), std::forward<F>(action));
  }

 private:
  std::unordered_map<std::string, std::function<void()>> table_;
};
void enter(fa::SmartAlloc& alloc, Triggers& triggers) {
  Quest* draft = alloc.frame_new<Quest>();
  draft->stage = 3;
  triggers.on("door", [quest = alloc.pool_arc<Quest>(*draft)] { ++quest->stage; });
}
