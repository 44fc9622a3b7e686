// SPDX-License-Identifier: MIT OR Apache-2.0
// Replaces operator new of the test program, and shows that the count sees it.
#include "container/counted_new.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace {
thread_local std::size_t calls = 0;

// Not inlined, or the compiler would see free() called on what operator new gave.
[[gnu::noinline]] void* take(std::size_t size, std::size_t alignment) {
  ++calls;
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* const block = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
  if (block == nullptr) std::abort();
  return block;
}
[[gnu::noinline]] void give_back(void* block) noexcept { std::free(block); }
}  // namespace

void* operator new(std::size_t size) { return take(size, alignof(std::max_align_t)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  return take(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept { give_back(block); }
void operator delete(void* block, std::size_t) noexcept { give_back(block); }
void operator delete(void* block, std::align_val_t) noexcept { give_back(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give_back(block); }

namespace framealloc::test {

std::size_t new_calls() noexcept { return calls; }

namespace {

TEST(NewCount, SeesOperatorNew) {
  const NewCount count;
  const auto object = std::make_unique<int>(1);
  EXPECT_EQ(count.calls(), 1U);
}

}  // namespace
}  // namespace framealloc::test
