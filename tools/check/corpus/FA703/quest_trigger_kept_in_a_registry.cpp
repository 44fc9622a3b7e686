// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
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
  void fire(const std::string& name) {
    if (const auto found = table_.find(name); found != table_.end()) found->second();
  }

 private:
  std::unordered_map<std::string, std::function<void()>> table_;
};
void enter(fa::SmartAlloc& alloc, Triggers& triggers) {
  Quest* quest = alloc.frame_new<Quest>();
  triggers.on("door", [quest] { ++quest->stage; });  // expect: FA703
}
