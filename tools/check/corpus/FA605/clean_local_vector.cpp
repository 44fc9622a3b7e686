// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <utility>
#include <vector>

namespace fa = framealloc;

struct Hit {
  int id = 0;
};
std::size_t run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::vector<fa::FrameRetained<Hit>> hits;
  hits.push_back(alloc.frame_retained<Hit>(fa::RetentionPolicy::Discard));
  return hits.size();
}
