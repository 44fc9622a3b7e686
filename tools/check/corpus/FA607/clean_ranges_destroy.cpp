// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory>
#include <string>

namespace fa = framealloc;

std::size_t run(fa::SmartAlloc& alloc, std::size_t count) {
  const auto frame = alloc.scoped_frame();
  std::string* names = alloc.frame_alloc_batch<std::string>(count);
  std::uninitialized_default_construct_n(names, count);
  const std::size_t size = count > 0 ? names[0].size() : 0;
  std::ranges::destroy(names, names + count);
  return size;
}
