// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <string>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, std::size_t count) {
  const auto frame = alloc.scoped_frame();
  std::string* names = alloc.frame_alloc_batch<std::string>(count);
  for (std::size_t i = 0; i < count; ++i) std::construct_at(names + i);
  const std::size_t size = count > 0 ? names[0].size() : 0;
  for (std::size_t i = 0; i < count; ++i) std::destroy_at(names + i);
  return size;
}
