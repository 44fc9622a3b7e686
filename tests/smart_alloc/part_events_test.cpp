// SPDX-License-Identifier: MIT OR Apache-2.0
// What handles, streaming, groups and scratch pools tell of themselves.
#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/report_log.hpp"

namespace framealloc {
namespace {

using Kind = FrameEventKind;

struct PartEvent {
  Kind kind;
  std::uint64_t id, count;
  std::size_t size, limit;
  std::string name, tag;
};

class PartEvents : public ::testing::Test {
 protected:
  testing::ReportLog log;
  SmartAlloc alloc{AllocConfig::minimal().with_report_handler(&testing::ReportLog::handler, &log)};
  std::vector<PartEvent> heard;
  Subscription subscription;

  void listen(FrameEventMask mask = kAllFrameEvents & ~events(Kind::Alloc, Kind::Free)) {
    ASSERT_TRUE(alloc.enable_lifecycle_tracking());
    subscription = alloc.on_frame_event(
        [](const FrameEvent& event, void* self) {
          static_cast<PartEvents*>(self)->heard.push_back(
              {event.kind, event.id, event.count, event.size, event.limit, std::string(event.name),
               std::string(event.tag)});
        },
        this, mask);
  }
  [[nodiscard]] std::vector<Kind> kinds() const {
    std::vector<Kind> all;
    for (const PartEvent& one : heard) all.push_back(one.kind);
    return all;
  }
};

struct Item {
  std::uint64_t words[8];
};

TEST_F(PartEvents, OfHandlesNameTheObject) {
  listen();
  const TagScope scope = alloc.tag_scope("items");
  const Handle<Item> handle = alloc.handles().alloc<Item>();
  ASSERT_TRUE(handle);
  ASSERT_EQ(kinds(), std::vector<Kind>{Kind::HandleAlloc});
  EXPECT_EQ(heard[0].size, sizeof(Item));
  EXPECT_EQ(heard[0].tag, "items");
  EXPECT_EQ(heard[0].id, std::uint64_t{handle.id().index} << 32 | handle.id().generation);
  const std::uint64_t id = heard[0].id;
  heard.clear();
  {
    const PinGuard<Item> pin = alloc.handles().pin(handle);
    EXPECT_TRUE(alloc.handles().free(handle));
    EXPECT_TRUE(heard.empty()) << "the object ends with its last pin";
  }
  ASSERT_EQ(kinds(), std::vector<Kind>{Kind::HandleFree});
  EXPECT_EQ(heard[0].id, id);
  EXPECT_EQ(heard[0].size, sizeof(Item));
  EXPECT_EQ(heard[0].tag, "items");
}

TEST_F(PartEvents, OfACompactionSayWhatMoved) {
  std::vector<Handle<Item>> all;
  for (std::size_t i = 0; i < 20000; ++i) all.push_back(alloc.handles().alloc<Item>());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i % 8 != 0) (void)alloc.handles().free(all[i]);
  }
  listen();
  const CompactResult result = alloc.handles().compact();
  ASSERT_GT(result.moves, 0u);
  ASSERT_EQ(heard.size(), result.moves + 1);
  for (std::size_t i = 0; i < result.moves; ++i) {
    EXPECT_EQ(heard[i].kind, Kind::HandleRelocated);
    EXPECT_EQ(heard[i].size, sizeof(Item));
  }
  EXPECT_EQ(heard.back().kind, Kind::HandlesCompacted);
  EXPECT_EQ(heard.back().count, result.moves);
  EXPECT_EQ(heard.back().size, result.bytes_moved);
  heard.clear();
  EXPECT_EQ(alloc.handles().compact().moves, 0u);
  EXPECT_TRUE(heard.empty()) << "nothing was moved";
}

TEST_F(PartEvents, OfStreamingFollowTheAsset) {
  listen();
  StreamingAllocator& streaming = alloc.streaming();
  ASSERT_TRUE(streaming.set_budget(3000));
  const StreamId first = streaming.reserve_tagged(2000, StreamPriority::Low, "textures");
  ASSERT_NE(streaming.begin_load(first), nullptr);
  ASSERT_TRUE(streaming.finish_load(first));
  ASSERT_TRUE(streaming.set_priority(first, StreamPriority::Normal));
  const StreamId second = streaming.reserve(2500, StreamPriority::High);
  ASSERT_TRUE(second);
  ASSERT_NE(streaming.begin_load(second), nullptr);
  ASSERT_TRUE(streaming.fail_load(second));
  ASSERT_TRUE(streaming.free(second));
  ASSERT_EQ(kinds(),
            (std::vector<Kind>{Kind::StreamReserved, Kind::StreamLoaded,
                               Kind::StreamPriorityChanged, Kind::StreamEvicted,
                               Kind::StreamReserved, Kind::StreamFailed, Kind::StreamFreed}));
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(heard[i].id, first.raw());
    EXPECT_EQ(heard[i].size, 2000u);
    EXPECT_EQ(heard[i].tag, "textures");
    EXPECT_EQ(heard[i].count, i < 2 ? 0u : 1u) << "the priority";
  }
  for (std::size_t i = 4; i < 7; ++i) {
    EXPECT_EQ(heard[i].id, second.raw());
    EXPECT_EQ(heard[i].size, 2500u);
  }
  heard.clear();
  const StreamId third = streaming.reserve(100);
  ASSERT_NE(streaming.begin_load(third), nullptr);
  ASSERT_TRUE(streaming.cancel_load(third));
  EXPECT_FALSE(streaming.finish_load(third));
  EXPECT_EQ(kinds(), (std::vector<Kind>{Kind::StreamReserved, Kind::StreamFailed}));
}

TEST_F(PartEvents, OfGroupsSayWhatWentAndWhen) {
  listen();
  GroupAllocator& groups = alloc.groups();
  const GroupId level = groups.create_group("level", 5000);
  const GroupId mesh = groups.create_child(level, "mesh");
  ASSERT_NE(groups.alloc_layout(mesh, 700, 16), nullptr);
  ASSERT_NE(groups.alloc_layout(mesh, 300, 16), nullptr);
  ASSERT_TRUE(groups.free_group(level));
  ASSERT_EQ(kinds(), (std::vector<Kind>{Kind::GroupCreated, Kind::GroupCreated, Kind::GroupFreed,
                                        Kind::GroupFreed}));
  EXPECT_EQ(heard[0].name, "level");
  EXPECT_EQ(heard[0].limit, 5000u);
  EXPECT_EQ(heard[1].name, "mesh");
  EXPECT_EQ(heard[2].name, "mesh") << "children first";
  EXPECT_EQ(heard[2].size, 1000u);
  EXPECT_EQ(heard[2].count, 2u);
  EXPECT_EQ(heard[2].id, heard[1].id);
  EXPECT_EQ(heard[3].id, heard[0].id);
}

TEST_F(PartEvents, OfScratchPoolsSayWhatWasInUse) {
  listen();
  ScratchPoolHandle pool = alloc.scratch().get_or_create("paths", 16384);
  ASSERT_NE(pool.alloc_bytes(1000, 16), nullptr);
  EXPECT_TRUE(alloc.scratch().get("paths"));
  ASSERT_TRUE(pool.reset());
  ASSERT_EQ(kinds(), (std::vector<Kind>{Kind::ScratchOpened, Kind::ScratchReset}));
  EXPECT_EQ(heard[0].name, "paths");
  EXPECT_EQ(heard[0].size, 16384u);
  EXPECT_EQ(heard[1].name, "paths");
  EXPECT_EQ(heard[1].size, 1008u);
  EXPECT_EQ(heard[1].id, heard[0].id);
}

TEST_F(PartEvents, ComeOnlyToThoseThatAskedForThem) {
  listen(kRareFrameEvents);
  const Handle<Item> handle = alloc.handles().alloc<Item>();
  EXPECT_TRUE(alloc.handles().free(handle));
  EXPECT_TRUE(heard.empty()) << "told for each object, so not by default";
  EXPECT_TRUE(alloc.groups().create_group("told"));
  EXPECT_EQ(heard.size(), 1u);
  subscription.end();
  EXPECT_TRUE(alloc.groups().create_group("not told"));
  EXPECT_EQ(heard.size(), 1u);
}

// A listener is called without a lock: it may use the very part that tells.
TEST_F(PartEvents, AListenerMayUseThePart) {
  ASSERT_TRUE(alloc.enable_lifecycle_tracking());
  int calls = 0;
  const Subscription mine = alloc.on_frame_event(
      [&](const FrameEvent&) {
        ++calls;
        const Handle<Item> handle = alloc.handles().alloc<Item>();
        EXPECT_TRUE(alloc.handles().free(handle));
        (void)alloc.handles().compact();
        const StreamId asset = alloc.streaming().reserve(100);
        EXPECT_TRUE(alloc.streaming().free(asset));
        const GroupId group = alloc.groups().create_group("inner");
        EXPECT_TRUE(alloc.groups().free_group(group));
        ScratchPoolHandle pool = alloc.scratch().get_or_create("inner", 1024);
        EXPECT_TRUE(pool.reset());
      },
      kAllFrameEvents & ~events(Kind::Alloc, Kind::Free));
  const Handle<Item> handle = alloc.handles().alloc<Item>();
  EXPECT_TRUE(alloc.handles().free(handle));
  const StreamId asset = alloc.streaming().reserve(100);
  EXPECT_TRUE(alloc.streaming().free(asset));
  const GroupId group = alloc.groups().create_group("outer");
  EXPECT_TRUE(alloc.groups().free_group(group));
  ScratchPoolHandle pool = alloc.scratch().get_or_create("outer", 1024);
  EXPECT_TRUE(pool.reset());
  EXPECT_EQ(calls, 8) << "what a listener causes is told to nobody";
}

}  // namespace
}  // namespace framealloc
