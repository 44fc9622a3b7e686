// SPDX-License-Identifier: MIT OR Apache-2.0
// What tests of the cache of freed handles stand on.
#pragma once

#include <framealloc/handle_allocator.hpp>

#include "heap/handle_fixture.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace framealloc::testing {

struct Other {
  std::array<char, 112> bytes;
};

class HandleCacheTest : public ::testing::Test {
 protected:
  // More objects than can wait, so that their chunk is in use whatever a test frees; and one free
  // the long way, after which this thread has a cache for the kind.
  template <class T>
  std::vector<Handle<T>> fill(HandleAllocator& handles, int count = 200) {
    std::vector<Handle<T>> made;
    for (int i = 0; i < count; ++i) made.push_back(handles.alloc<T>());
    prepare<T>(handles);
    return made;
  }
  template <class T>
  void prepare(HandleAllocator& handles) {
    ASSERT_TRUE(handles.free(handles.alloc<T>()));
  }
  // Bytes that are charged to the tag and not in use.
  std::size_t ready(HandleAllocator& handles, HandleWorld& world, std::string_view path) {
    const std::size_t held = handles.ledger().bytes_of(world.tag(path));
    return world.budgets().get_tag_budget(path)->current_usage - held;
  }
};

}  // namespace framealloc::testing
