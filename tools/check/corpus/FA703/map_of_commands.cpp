// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <functional>
#include <map>
#include <string>

namespace fa = framealloc;

class Console {
 public:
  void add(fa::SmartAlloc& alloc) {
    const auto frame = alloc.scoped_frame();
    int* state = alloc.frame_new<int>(1);
    commands_["state"] = [state] { return *state; };  // expect: FA703
  }

 private:
  std::map<std::string, std::function<int()>> commands_;
};
