// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
#include <functional>
#include <optional>
namespace fa = framealloc;
struct Target {
  float distance;
};
std::optional<std::reference_wrapper<Target>> find(fa::SmartAlloc& alloc, float limit) {
  auto targets = alloc.frame_vec<Target>(4);
  targets.push_back(Target{2});
  targets.push_back(Target{8});
  for (Target& target : targets)
    if (target.distance < limit) return target;
  return std::nullopt;
}
float aim(fa::SmartAlloc& alloc) {
  std::optional<std::reference_wrapper<Target>> best;
  {
    const auto frame = alloc.scoped_frame();
    best = find(alloc, 4);
    if (!best) return 0;
  }
  return best->get().distance;  // expect: FA606
}
