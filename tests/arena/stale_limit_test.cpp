// SPDX-License-Identifier: MIT OR Apache-2.0
// A request that is refused after the arena went on to another chunk: the calls after it must not
// bump from the new chunk toward the end of the old one, through whatever lies between.
#include "arena/test_host.hpp"

#include <gtest/gtest.h>

#include <new>

namespace framealloc {
namespace {

using testing::TestHost;

// Hands memory out from the top down, so that the end of an old chunk lies above a new one.
class DescendingSource final : public MemorySource {
 public:
  static constexpr std::size_t kBytes = std::size_t{4} << 20;

  DescendingSource()
      : memory_(static_cast<std::byte*>(::operator new(kBytes, std::align_val_t{kBytes}))) {}
  ~DescendingSource() override { ::operator delete(memory_, std::align_val_t{kBytes}); }
  DescendingSource(const DescendingSource&) = delete;
  DescendingSource& operator=(const DescendingSource&) = delete;

  void* allocate(std::size_t bytes, std::size_t alignment) noexcept override {
    if (bytes > top_) return nullptr;
    top_ = (top_ - bytes) & (0 - alignment);
    return memory_ + top_;
  }
  void deallocate(void*, std::size_t, std::size_t) noexcept override {}
  std::string_view name() const noexcept override { return "descending"; }

 private:
  std::byte* memory_;
  std::size_t top_ = kBytes;
};

constexpr std::size_t kMost = TestHost::kChunk - 2 * detail::ArenaChunk::kHeaderBytes;

TEST(StaleLimit, AFrameThatEndsDuringTheRequest) {
  DescendingSource source;
  TestHost host({.source = &source});
  host.begin();
  ASSERT_NE(host.arena().alloc_bytes(kMost), nullptr);
  host.on_chunk = [&] { host.end_without_closing(); };
  EXPECT_EQ(host.arena().alloc_bytes(1000), nullptr);
  EXPECT_EQ(host.arena().alloc_bytes(16), nullptr) << "the frame is over";
  EXPECT_EQ(host.said.size(), 2U);
}

TEST(StaleLimit, ABudgetThatDeniesTheRequest) {
  DescendingSource source;
  TestHost host({.budgets = true, .source = &source});
  host.budget[TagId::Untagged] = TestHost::kChunk + 2000;
  host.begin();
  ASSERT_NE(host.arena().alloc_bytes(kMost), nullptr);
  EXPECT_EQ(host.arena().alloc_bytes(4000), nullptr) << "the budget has less left";
  const std::size_t left = host.budget[TagId::Untagged] - kMost;
  std::size_t given = 0;
  for (int i = 0; i < 1000; ++i) {
    if (host.arena().alloc_bytes(16) != nullptr) given += 16;
  }
  EXPECT_LE(given, left);
  EXPECT_GE(given + 16, left) << "what is left is still to be had";
}

}  // namespace
}  // namespace framealloc
