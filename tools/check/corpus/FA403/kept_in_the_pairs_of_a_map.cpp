// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <map>
#include <vector>

namespace fa = framealloc;

struct Body {
  float mass = 1;
};
float settle(fa::HandleAllocator& bodies, const std::vector<fa::Handle<Body>>& all) {
  std::map<int, Body*> index;
  int next = 0;
  for (const auto handle : all) index[next++] = bodies.resolve(handle);
  (void)bodies.defragment();
  float sum = 0;
  for (const auto& [id, body] : index) {
    if (id == 0) continue;
    sum += body->mass;  // expect: FA403
  }
  return sum;
}
