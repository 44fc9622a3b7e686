// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/streaming.hpp>

#include "heap/handle_fixture.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace framealloc {
namespace {

using testing::HandleWorld;

StreamId make_ready(StreamingAllocator& streaming, std::size_t size,
                    StreamPriority priority = StreamPriority::Normal, char fill = 'a') {
  const StreamId id = streaming.reserve(size, priority);
  if (void* const memory = streaming.begin_load(id)) {
    std::memset(memory, fill, size);
    EXPECT_TRUE(streaming.finish_load(id));
  }
  return id;
}

TEST(StreamingTest, AnAssetGoesThroughItsStates) {
  HandleWorld world;
  StreamingAllocator streaming(world.context(), 10'000);
  EXPECT_EQ(streaming.stats().load_progress_percent(), 100.0);
  const StreamId id = streaming.reserve(1000, StreamPriority::Normal, 256);
  ASSERT_TRUE(id);
  EXPECT_EQ(streaming.state(id), StreamState::Reserved);
  EXPECT_EQ(streaming.access(id), nullptr);
  EXPECT_FALSE(streaming.acquire(id));
  EXPECT_FALSE(streaming.finish_load(id));
  EXPECT_FALSE(streaming.report_progress(id, 1));
  void* const memory = streaming.begin_load(id);
  ASSERT_NE(memory, nullptr);
  EXPECT_TRUE(is_aligned(memory, 256));
  EXPECT_EQ(streaming.state(id), StreamState::Loading);
  EXPECT_TRUE(streaming.report_progress(id, 250));
  EXPECT_EQ(streaming.stats().load_progress_percent(), 25.0);
  EXPECT_TRUE(streaming.report_progress(id, 5000));  // held to the size
  EXPECT_EQ(streaming.total_loaded(), 1000U);
  std::memset(memory, 'x', 1000);
  EXPECT_TRUE(streaming.finish_load(id));
  EXPECT_EQ(streaming.state(id), StreamState::Ready);
  EXPECT_EQ(static_cast<const char*>(streaming.access(id))[999], 'x');
  EXPECT_EQ(streaming.acquire(id).as<std::uint16_t>().size(), 500U);
  EXPECT_EQ(streaming.begin_load(id), nullptr);
  const StreamingStats stats = streaming.stats();
  EXPECT_EQ(stats.ready_count, 1U);
  EXPECT_EQ(stats.allocation_count, 1U);
  EXPECT_EQ(stats.utilization_percent(), 10.0);
  EXPECT_EQ(streaming.available(), 9000U);
  EXPECT_TRUE(streaming.free(id));
  EXPECT_FALSE(streaming.free(id));
  EXPECT_FALSE(streaming.state(id).has_value());
  EXPECT_EQ(streaming.begin_load(id), nullptr);
  EXPECT_EQ(world.reports(Code::FA401).size(), 1U);
}

// The counters of loaded bytes wrapped when finish_load() did not count and free() did.
TEST(StreamingTest, CountersComeBackToZero) {
  HandleWorld world;
  {
    StreamingAllocator streaming(world.context(), 1 << 20);
    for (int round = 0; round < 3; ++round) {
      const StreamId finished = make_ready(streaming, 1024);
      const StreamId half = streaming.reserve(1024);
      ASSERT_NE(streaming.begin_load(half), nullptr);
      streaming.report_progress(half, 512);
      const StreamId failed = streaming.reserve(1024);
      ASSERT_NE(streaming.begin_load(failed), nullptr);
      streaming.report_progress(failed, 100);
      EXPECT_TRUE(streaming.fail_load(failed));
      EXPECT_EQ(streaming.state(failed), StreamState::Failed);
      EXPECT_EQ(streaming.total_loaded(), 1536U);
      EXPECT_EQ(streaming.total_reserved(), 3072U);
      EXPECT_TRUE(streaming.free(finished));
      EXPECT_EQ(streaming.total_loaded(), 512U);
      EXPECT_TRUE(streaming.free(failed));
      EXPECT_TRUE(streaming.free(half));
      EXPECT_FALSE(streaming.report_progress(half, 600));
      EXPECT_TRUE(streaming.fail_load(half));
      EXPECT_EQ(streaming.total_loaded(), 0U);
      EXPECT_EQ(streaming.total_reserved(), 0U);
      EXPECT_EQ(streaming.stats().allocation_count, 0U);
    }
    (void)make_ready(streaming, 100'000);
  }
  world.close();
  EXPECT_EQ(world.source().live_blocks(), 0U);
}

TEST(StreamingTest, EvictsLowestPriorityThenLeastRecentlyUsed) {
  HandleWorld world;
  StreamingAllocator streaming(world.context(), 4000);
  const StreamId old_normal = make_ready(streaming, 1000, StreamPriority::Normal);
  const StreamId low = make_ready(streaming, 1000, StreamPriority::Low);
  const StreamId normal = make_ready(streaming, 1000, StreamPriority::Normal);
  const StreamId high = make_ready(streaming, 1000, StreamPriority::High);
  streaming.next_frame();
  EXPECT_NE(streaming.access(old_normal), nullptr);  // now the other one is older
  EXPECT_EQ(streaming.info(normal)->idle_frames, 1U);

  ASSERT_TRUE(make_ready(streaming, 1000, StreamPriority::High));
  EXPECT_FALSE(streaming.state(low));
  ASSERT_TRUE(make_ready(streaming, 1000, StreamPriority::High));
  EXPECT_FALSE(streaming.state(normal));
  EXPECT_TRUE(streaming.state(old_normal));
  ASSERT_TRUE(make_ready(streaming, 1000, StreamPriority::High));
  EXPECT_FALSE(streaming.state(old_normal));
  EXPECT_FALSE(streaming.reserve(1000, StreamPriority::High));  // only strictly lower ones
  EXPECT_TRUE(streaming.state(high));
  EXPECT_EQ(streaming.stats().evictions, 3U);
  EXPECT_EQ(streaming.stats().evicted_bytes, 3000U);
  EXPECT_EQ(streaming.total_reserved(), 4000U);
}

TEST(StreamingTest, ADeniedReserveEvictsNothing) {
  HandleWorld world;
  StreamingAllocator streaming(world.context(), 4000);
  int told = 0;
  streaming.set_eviction_callback(
      [](const StreamEviction&, void* context) { ++*static_cast<int*>(context); }, &told);
  const StreamId low = make_ready(streaming, 1000, StreamPriority::Low);
  world.set_tag(world.tag("music"));
  const StreamId other = make_ready(streaming, 1000, StreamPriority::Low);
  const StreamId high = make_ready(streaming, 2000, StreamPriority::High);
  // 2000 bytes could be evicted; 2500 are needed.
  EXPECT_FALSE(streaming.reserve_tagged(2500, StreamPriority::Normal, "textures"));
  EXPECT_TRUE(streaming.access(low));
  EXPECT_TRUE(streaming.access(other));
  EXPECT_TRUE(streaming.access(high));
  EXPECT_EQ(told, 0);
  EXPECT_EQ(streaming.total_reserved(), 4000U);
  EXPECT_EQ(streaming.stats().denied_reserves, 1U);
  const auto reports = world.reports(Code::FA402);
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_EQ(reports[0].tag, "textures");
  EXPECT_EQ(reports[0].requested, 2500U);
  EXPECT_EQ(reports[0].available, 2000U);
  EXPECT_NE(reports[0].message.find("held by tag 'music'"), std::string::npos)
      << reports[0].message;
  // And the order in which they go is the one of before.
  ASSERT_TRUE(streaming.reserve(1000, StreamPriority::Normal));
  EXPECT_FALSE(streaming.state(low));
  EXPECT_TRUE(streaming.state(other));
}

TEST(StreamingTest, NoMoreIsEvictedThanNeeded) {
  HandleWorld world;
  StreamingAllocator streaming(world.context(), 5000);
  const StreamId small = make_ready(streaming, 1000, StreamPriority::Low);
  const StreamId large = make_ready(streaming, 4000, StreamPriority::Low);
  ASSERT_TRUE(streaming.reserve(3000, StreamPriority::Normal));
  EXPECT_TRUE(streaming.state(small));  // `large` alone suffices
  EXPECT_FALSE(streaming.state(large));
}

TEST(StreamingTest, WhatIsInUseIsNeverEvicted) {
  HandleWorld world;
  StreamingAllocator streaming(world.context(), 4000);
  const StreamId pinned = make_ready(streaming, 1000, StreamPriority::Low, 'p');
  const StreamId loading = streaming.reserve(1000, StreamPriority::Low);
  ASSERT_NE(streaming.begin_load(loading), nullptr);
  const StreamId reserved = streaming.reserve(1000, StreamPriority::Low);
  const StreamId critical = make_ready(streaming, 1000, StreamPriority::Critical);
  StreamingPolicy policy;
  policy.evict_equal_priority = true;
  streaming.set_policy(policy);
  StreamRef first = streaming.acquire(pinned);
  StreamRef second = streaming.acquire(pinned);
  first.release();
  EXPECT_FALSE(streaming.reserve(500, StreamPriority::Critical));
  EXPECT_FALSE(streaming.evict(pinned));
  EXPECT_FALSE(streaming.evict(critical));
  EXPECT_EQ(streaming.stats().pinned_bytes, 1000U);
  EXPECT_EQ(second.bytes()[999], std::byte{'p'});
  EXPECT_TRUE(streaming.state(reserved) && streaming.state(critical) && streaming.state(loading));
  second = StreamRef();
  EXPECT_TRUE(streaming.reserve(500, StreamPriority::Critical));
  EXPECT_FALSE(streaming.state(pinned));
}

TEST(StreamingTest, PolicyAllowsEqualPriorityAndSparesWhatIsRecent) {
  HandleWorld world;
  StreamingAllocator streaming(world.context(), 1000);
  const StreamId first = make_ready(streaming, 1000);
  EXPECT_FALSE(streaming.reserve(1000));
  StreamingPolicy policy;
  policy.evict_equal_priority = true;
  policy.min_idle_frames = 2;
  streaming.set_policy(policy);
  streaming.on_frame_end();
  EXPECT_FALSE(streaming.reserve(1000));
  streaming.on_frame_end();
  EXPECT_TRUE(streaming.reserve(1000));
  EXPECT_FALSE(streaming.state(first));
}

struct Saver {
  StreamingAllocator* streaming;
  std::string saved;
  std::string tag;
  int calls = 0;
};

TEST(StreamingTest, TheCallbackComesBeforeTheMemoryGoesAndMayCallBack) {
  HandleWorld world;
  StreamingAllocator streaming(world.context(), 2048);
  Saver saver{&streaming, {}, {}};
  streaming.set_eviction_callback(
      [](const StreamEviction& eviction, void* context) {
        Saver& own = *static_cast<Saver*>(context);
        ++own.calls;
        own.saved.assign(static_cast<const char*>(eviction.data), eviction.size);
        own.tag = eviction.tag;
        EXPECT_EQ(own.streaming->state(eviction.id), StreamState::Evicting);
        EXPECT_EQ(own.streaming->stats().evicting_count, 1U);
        EXPECT_LE(own.streaming->total_reserved(), own.streaming->budget());
        EXPECT_FALSE(own.streaming->acquire(eviction.id));
        EXPECT_FALSE(own.streaming->free(eviction.id));
        // Room that is being made for somebody else is not given away.
        EXPECT_FALSE(own.streaming->reserve(1, StreamPriority::Critical));
      },
      &saver);
  world.set_tag(world.tag("levels"));
  const StreamId id = make_ready(streaming, 2048, StreamPriority::Low, 'z');
  ASSERT_TRUE(streaming.reserve(2048, StreamPriority::High));
  EXPECT_EQ(saver.calls, 1);
  EXPECT_EQ(saver.saved, std::string(2048, 'z'));
  EXPECT_EQ(saver.tag, "levels");
  EXPECT_FALSE(streaming.state(id));
  EXPECT_EQ(streaming.total_reserved(), 2048U);
}

TEST(StreamingTest, FreeAndCancelWaitForTheLoader) {
  HandleWorld world;
  StreamingAllocator streaming(world.context(), 4096);
  const StreamId id = streaming.reserve(4096);
  auto* memory = static_cast<char*>(streaming.begin_load(id));
  ASSERT_NE(memory, nullptr);
  EXPECT_TRUE(streaming.report_progress(id, 100));
  EXPECT_TRUE(streaming.cancel_load(id));
  EXPECT_FALSE(streaming.report_progress(id, 200));
  EXPECT_EQ(streaming.begin_load(id), nullptr);  // the first loader has not stopped yet
  std::memset(memory, 1, 4096);
  EXPECT_FALSE(streaming.finish_load(id));
  EXPECT_EQ(streaming.state(id), StreamState::Reserved);
  EXPECT_EQ(streaming.total_loaded(), 0U);

  memory = static_cast<char*>(streaming.begin_load(id));
  ASSERT_NE(memory, nullptr);
  EXPECT_TRUE(streaming.free(id));
  EXPECT_FALSE(streaming.state(id));
  EXPECT_FALSE(streaming.reserve(1));  // its bytes are in use until the loader stops
  std::memset(memory, 2, 4096);
  EXPECT_FALSE(streaming.finish_load(id));
  EXPECT_TRUE(streaming.reserve(4096));
}

TEST(StreamingTest, FreeWaitsForTheLastRef) {
  HandleWorld world;
  StreamingAllocator streaming(world.context(), 100'000);
  const StreamId id = make_ready(streaming, 90'000, StreamPriority::Low, 'q');  // a run of chunks
  StreamRef ref = streaming.acquire(id);
  EXPECT_TRUE(streaming.free(id));
  EXPECT_FALSE(streaming.acquire(id));
  EXPECT_EQ(ref.data()[89'999], std::byte{'q'});
  EXPECT_EQ(streaming.total_reserved(), 90'000U);
  ref.release();
  EXPECT_EQ(streaming.total_reserved(), 0U);
}

TEST(StreamingTest, ALoweredBudgetEvictsWhatItMay) {
  HandleWorld world;
  StreamingAllocator streaming(world.context(), 4000);
  const StreamId normal = make_ready(streaming, 1000);
  const StreamId high = make_ready(streaming, 1000, StreamPriority::High);
  const StreamId critical = make_ready(streaming, 1000, StreamPriority::Critical);
  EXPECT_TRUE(streaming.set_budget(2000));
  EXPECT_FALSE(streaming.state(normal));
  EXPECT_FALSE(streaming.set_budget(500));
  EXPECT_FALSE(streaming.state(high));
  EXPECT_TRUE(streaming.state(critical));
  EXPECT_EQ(streaming.available(), 0U);
  EXPECT_FALSE(streaming.reserve(1, StreamPriority::Critical));
  EXPECT_TRUE(streaming.set_priority(critical, StreamPriority::Low));
  EXPECT_TRUE(streaming.reserve(100, StreamPriority::Normal));
  EXPECT_FALSE(streaming.state(critical));
}

TEST(StreamingTest, LimitsThatEvictionMakesRoomForDoNotDeny) {
  // Room for one run of two chunks beside the bookkeeping, and a tag budget of one asset.
  HandleWorld world(4 * HandleWorld::kChunk, true);
  StreamingAllocator streaming(world.context(), 100'000);
  ASSERT_TRUE(world.budgets().register_tag_budget("textures", 0, 100'000));
  world.set_tag(world.tag("textures"));
  for (int i = 0; i < 5; ++i) {
    const StreamId id =
        streaming.reserve(100'000, i == 0 ? StreamPriority::Low : StreamPriority::High);
    ASSERT_TRUE(id) << i;
    std::memset(streaming.begin_load(id), i, 100'000);
    EXPECT_TRUE(streaming.finish_load(id));
    EXPECT_TRUE(streaming.set_priority(id, StreamPriority::Low));
    EXPECT_EQ(world.budgets().get_tag_budget("textures")->current_usage, 100'000U);
  }
  EXPECT_EQ(world.report_count(), 0U);
  // Under another tag nothing is inherited from the budget's point of view, and it is denied there;
  // the asset that would have gone stays.
  ASSERT_TRUE(world.budgets().register_tag_budget("audio", 0, 50'000));
  EXPECT_FALSE(streaming.reserve_tagged(60'000, StreamPriority::High, "audio"));
  EXPECT_EQ(world.reports(Code::FA311).size(), 1U);
  EXPECT_EQ(streaming.stats().ready_count, 1U);
  EXPECT_EQ(streaming.total_reserved(), 100'000U);
}

TEST(StreamingTest, ImpossibleRequestsAndDrySourcesAreReported) {
  NullSource nothing;
  HandleWorld world(0, false, &nothing);
  StreamingAllocator streaming(world.context(), 1 << 20);
  EXPECT_FALSE(streaming.reserve(SIZE_MAX));
  EXPECT_FALSE(streaming.reserve(10, StreamPriority::Low, 24));
  EXPECT_EQ(world.reports(Code::FA011).size(), 2U);
  EXPECT_FALSE(streaming.reserve(10));
  EXPECT_EQ(world.reports(Code::FA012).size(), 1U);
  EXPECT_EQ(streaming.total_reserved(), 0U);
}

TEST(StreamingTest, NothingIsLostWhicheverRequestFails) {
  for (std::uint64_t n = 1; n < 10; ++n) {
    FailingSource failing(system_source(), n);
    HandleWorld world(0, false, &failing);
    {
      StreamingAllocator streaming(world.context(), 300'000);
      std::vector<StreamId> ids;
      for (int i = 0; i < 40; ++i) {
        const StreamId id = make_ready(streaming, i % 2 == 0 ? 100'000U : 5'000U,
                                       i < 4 ? StreamPriority::Low : StreamPriority::Normal);
        if (id) ids.push_back(id);
      }
      std::size_t sum = 0;
      for (const StreamId id : ids) {
        if (const auto info = streaming.info(id)) sum += info->size;
      }
      EXPECT_EQ(streaming.total_reserved(), sum);
      EXPECT_EQ(streaming.total_loaded(), sum);
      EXPECT_LE(sum, 300'000U);
    }
    world.close();
    EXPECT_EQ(world.source().live_blocks(), 0U);
  }
}

}  // namespace
}  // namespace framealloc
