// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <span>

namespace fa = framealloc;

struct Snapshot {
  std::span<const int> values;
};
std::unique_ptr<Snapshot> capture(fa::SmartAlloc& alloc) {
  auto values = alloc.frame_slice<int>(4);
  auto made = std::make_unique<Snapshot>();
  made->values = values.span();
  return made;
}
int run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  const auto snapshot = capture(alloc);
  return snapshot->values[0];
}
