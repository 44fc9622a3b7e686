// SPDX-License-Identifier: MIT OR Apache-2.0
// The allocators that all threads share, as parts of one SmartAlloc.
#include <gtest/gtest.h>
#include <framealloc/framealloc.hpp>

#include <thread>
#include <vector>

namespace framealloc {
namespace {

using namespace framealloc::literals;

struct Entity {
  float position[3] = {};
  int health = 100;
};

TEST(SharedParts, CountAsHeapUnderTheirTag) {
  SmartAlloc alloc(AllocConfig::minimal());
  Handle<Entity> handle;
  StreamId stream;
  {
    const TagScope scope = alloc.tag_scope("world");
    handle = alloc.handles().alloc<Entity>();
    stream = alloc.streaming().reserve(64_KiB, StreamPriority::Normal);
    ASSERT_NE(alloc.streaming().begin_load(stream), nullptr);
  }
  ASSERT_NE(alloc.handles().resolve(handle), nullptr);
  const AllocStats held = alloc.stats();
  EXPECT_GE(held.heap_allocated, 64_KiB + sizeof(Entity));
  EXPECT_EQ(held.total_allocated, held.heap_allocated);
  EXPECT_EQ(alloc.tag_stats("world").heap_bytes, held.heap_allocated);
  EXPECT_GE(alloc.tag_stats("world").bytes_allocated, held.heap_allocated);
  EXPECT_EQ(alloc.tag_stats("").heap_bytes, 0u);

  EXPECT_TRUE(alloc.handles().free(handle));
  EXPECT_TRUE(alloc.streaming().finish_load(stream));
  EXPECT_TRUE(alloc.streaming().free(stream));
  EXPECT_EQ(alloc.stats().heap_allocated, 0u);
  EXPECT_EQ(alloc.stats().allocation_count, alloc.stats().deallocation_count);
}

TEST(SharedParts, AreTheSameForCopiesAndForThreads) {
  SmartAlloc alloc(AllocConfig::minimal());
  const SmartAlloc copy = alloc;
  std::vector<std::thread> threads;
  std::vector<HandleAllocator*> seen(4);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    threads.emplace_back([&, i] { seen[i] = &copy.handles(); });
  }
  for (std::thread& thread : threads) thread.join();
  for (HandleAllocator* one : seen) EXPECT_EQ(one, &alloc.handles());
  SmartAlloc other(AllocConfig::minimal());
  EXPECT_NE(&other.handles(), &alloc.handles());
  EXPECT_NE(&other.streaming(), &alloc.streaming());
}

// What a thread keeps of freed objects for its next ones is charged until something needs it.
TEST(SharedParts, TrimAndADenialOfAnotherKindTakeCachedHandles) {
  SmartAlloc alloc(AllocConfig::minimal().with_budgets(true));
  const TagScope scope = alloc.tag_scope("world");
  std::vector<Handle<Entity>> made;
  for (int i = 0; i < 100; ++i) made.push_back(alloc.handles().alloc<Entity>());
  ASSERT_TRUE(alloc.handles().free(alloc.handles().alloc<Entity>()));  // the thread has a cache now
  const auto usage = [&] { return alloc.budgets()->get_tag_budget("world")->current_usage; };
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("world", 0, 1_MiB));
  for (std::size_t i = 0; i < 10; ++i) ASSERT_TRUE(alloc.handles().free(made[i]));
  EXPECT_EQ(alloc.tag_stats("world").heap_bytes, 90 * sizeof(Entity));
  EXPECT_EQ(usage(), 100 * sizeof(Entity));
  (void)alloc.trim();
  EXPECT_EQ(usage(), 90 * sizeof(Entity));

  for (std::size_t i = 10; i < 20; ++i) ASSERT_TRUE(alloc.handles().free(made[i]));
  EXPECT_EQ(usage(), 90 * sizeof(Entity));
  void* const rest = alloc.heap_alloc<char>(1_MiB - 80 * sizeof(Entity));
  EXPECT_NE(rest, nullptr) << "what is cached is no reason to deny";
  alloc.heap_free(static_cast<char*>(rest));
}

TEST(SharedParts, StreamedAssetsAgeWithTheFrames) {
  SmartAlloc alloc(AllocConfig::minimal().with_streaming_budget(64_KiB));
  EXPECT_EQ(alloc.streaming().budget(), 64_KiB);
  const auto load = [&] {
    const StreamId id = alloc.streaming().reserve(32_KiB, StreamPriority::Low);
    EXPECT_NE(alloc.streaming().begin_load(id), nullptr);
    EXPECT_TRUE(alloc.streaming().finish_load(id));
    return id;
  };
  const StreamId first = load();
  const StreamId second = load();
  alloc.begin_frame();
  ASSERT_NE(alloc.streaming().access(first), nullptr);  // younger than the second from here on
  alloc.end_frame();
  ASSERT_TRUE(static_cast<bool>(alloc.streaming().reserve(32_KiB, StreamPriority::High)));
  EXPECT_TRUE(alloc.streaming().state(first).has_value());
  EXPECT_FALSE(alloc.streaming().state(second).has_value());
}

TEST(SharedParts, BudgetOfStreamingIsAQuarterOfTheLimit) {
  SmartAlloc alloc(AllocConfig::minimal().with_memory_limit(64_MiB));
  EXPECT_EQ(alloc.streaming().budget(), 16_MiB);
}

TEST(SharedParts, OfNoAllocatorDenyEverything) {
  NullSource nothing;
  const SmartAlloc alloc(AllocConfig::minimal().with_upstream(&nothing).with_report_handler(
      [](const Report&, void*) {}));
  ASSERT_FALSE(alloc);
  const Handle<Entity> handle = alloc.handles().alloc<Entity>();
  EXPECT_EQ(alloc.handles().resolve(handle), nullptr);
  EXPECT_FALSE(static_cast<bool>(alloc.streaming().reserve(1_KiB, StreamPriority::Normal)));
  EXPECT_EQ(alloc.handles().compact().moves, 0u);
}

}  // namespace
}  // namespace framealloc
