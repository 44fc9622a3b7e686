// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <vector>

#include "../support/task.hpp"

namespace fa = framealloc;

struct Stop {
  int at = 0;
};
Task drive(std::shared_ptr<const std::vector<Stop>> stops) {
  co_await Tick();
  (void)stops->front().at;
}
Task plan(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  const auto stops = alloc.frame_slice<Stop>(4);
  return drive(std::make_shared<const std::vector<Stop>>(stops.begin(), stops.end()));
}
