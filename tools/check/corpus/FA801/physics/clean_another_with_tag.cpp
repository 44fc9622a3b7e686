// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <string_view>

namespace fa = framealloc;

struct Log {
  template <class F>
  void with_tag(std::string_view, F&& call) {
    call();
  }
};
void run(Log& log) {
  log.with_tag("render", [] {});
}
