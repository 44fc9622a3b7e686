// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <span>
#include <vector>

namespace fa = framealloc;

struct Snapshot {
  std::span<const int> values;
};
std::unique_ptr<Snapshot> capture(fa::SmartAlloc& alloc) {
  auto values = alloc.frame_slice<int>(4);
  auto made = std::make_unique<Snapshot>();
  made->values = values.span();  // expect: FA601
  return made;
}
void run(fa::SmartAlloc& alloc, std::vector<std::unique_ptr<Snapshot>>& history) {
  const auto frame = alloc.scoped_frame();
  history.push_back(capture(alloc));
}
