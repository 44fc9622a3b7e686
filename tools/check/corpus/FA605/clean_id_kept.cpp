// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <cstdint>

namespace fa = framealloc;

struct Hit {
  int id = 0;
};
std::uint64_t g_last = 0;
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  auto hit = alloc.frame_retained<Hit>(fa::RetentionPolicy::Discard);
  g_last = hit.id();
}
