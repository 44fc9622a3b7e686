// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <memory_resource>
#include <vector>

namespace fa = framealloc;

template <class T>
std::pmr::vector<T> with_room(fa::SmartAlloc& alloc, std::size_t room) {
  std::pmr::vector<T> made(alloc.frame_resource());
  made.reserve(room);
  return made;
}
int report(fa::SmartAlloc& alloc, const std::vector<int>& values) {
  const auto frame = alloc.scoped_frame();
  auto copies = with_room<int>(alloc, values.size());
  for (const int value : values) copies.push_back(value);
  auto lone = alloc.frame_vec<int>();
  for (const int value : values) lone.push_back(value);
  return copies.back() + lone.back();
}
