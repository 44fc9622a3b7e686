// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <span>

namespace fa = framealloc;

struct Snapshot {
  std::span<const int> values;
};
std::shared_ptr<Snapshot> capture(fa::SmartAlloc& alloc) {
  auto values = alloc.frame_slice<int>(4);
  auto made = std::make_shared<Snapshot>();
  made->values = std::span<const int>(values.data(), values.size());
  return made;
}
int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  const auto snapshot = capture(alloc);
  int total = snapshot->values[0];
  alloc.end_frame();
  for (const int value : snapshot->values) total += value;  // expect: FA606
  return total;
}
