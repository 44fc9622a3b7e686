// SPDX-License-Identifier: MIT OR Apache-2.0
// Scopes: what ends by itself, what is rolled back, what is kept.
#include "support/report_log.hpp"

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using testing::ReportLog;

std::vector<int> destroyed;
struct Noisy {
  int id;
  explicit Noisy(int i) : id(i) {}
  ~Noisy() { destroyed.push_back(id); }
};

class Scopes : public ::testing::Test {
 protected:
  ReportLog log;
  SmartAlloc alloc{AllocConfig::minimal().with_report_handler(&ReportLog::handler, &log)};
  void SetUp() override {
    destroyed.clear();
    alloc.begin_frame();
  }
  std::size_t held() { return alloc.stats().frame_allocated; }
};

TEST_F(Scopes, AFrameScopeLeavesThePlainFrameOfTheDriverPlain) {
  {
    FrameScope first = alloc.frame_scope();  // the first that this frame sees
    (void)alloc.frame_alloc<char[64]>();
    EXPECT_EQ(held(), 64U);
  }
  EXPECT_EQ(held(), 0U);
  EXPECT_TRUE(alloc.frame_arena().on_fast_path()) << "the frame now ends the long way";
  EXPECT_EQ(log.size(), 0U);
}

TEST_F(Scopes, AFrameScopeMayBeTheFirstThatAWorkerDoesInAFrame) {
  std::thread worker([&] {
    for (int frame = 0; frame < 2; ++frame) {
      {
        FrameScope scope = alloc.frame_scope();
        EXPECT_NE(alloc.frame_alloc<char[64]>(), nullptr);
        EXPECT_EQ(alloc.frame_arena().position(), 64U);
      }
      EXPECT_EQ(alloc.frame_arena().position(), 0U);
      if (frame == 0) {
        alloc.end_frame();  // the main thread waits: there is one driver at a time
        alloc.begin_frame();
      }
    }
  });
  worker.join();
  EXPECT_EQ(held(), 0U);
  EXPECT_EQ(log.size(), 0U);
}

TEST_F(Scopes, AFrameScopeGivesBackWhatWasAllocatedInIt) {
  (void)alloc.frame_alloc<char[64]>();
  {
    FrameScope outer = alloc.frame_scope();
    ASSERT_NE(outer.alloc<char[100]>(), nullptr);
    {
      const FrameScope inner = alloc.frame_scope();
      (void)alloc.frame_alloc<char[5000]>();
      ASSERT_NE(alloc.frame_new<Noisy>(1), nullptr);
      EXPECT_GT(held(), 5000u);
    }
    EXPECT_EQ(destroyed, (std::vector{1}));
    EXPECT_EQ(held(), 64u + 112);
  }
  EXPECT_EQ(held(), 64u);
}

TEST_F(Scopes, AFrameScopeAcrossTheFramesEndDoesNothing) {
  {
    const FrameScope scope = alloc.frame_scope();
    (void)alloc.frame_alloc<char[100]>();
    alloc.end_frame();
    alloc.begin_frame();
    (void)alloc.frame_alloc<char[200]>();
  }
  EXPECT_EQ(held(), 208u);
}

TEST_F(Scopes, ACheckpointGuardRollsBackUnlessCommitted) {
  {
    const CheckpointGuard guard = alloc.checkpoint_guard();
    (void)alloc.frame_alloc<char[1024]>();
    EXPECT_EQ(held(), 1024u);
    EXPECT_FALSE(guard.is_committed());
  }
  EXPECT_EQ(held(), 0u);
  {
    CheckpointGuard guard = alloc.checkpoint_guard();
    (void)alloc.frame_alloc<char[1024]>();
    guard.commit();
    EXPECT_TRUE(guard.is_committed());
  }
  EXPECT_EQ(held(), 1024u);
}

TEST_F(Scopes, SpeculationKeepsWhatSucceeded) {
  const auto kept = alloc.speculative([](SmartAlloc& a) { return a.frame_alloc<char[256]>(); });
  ASSERT_TRUE(kept);
  EXPECT_NE(*kept.value, nullptr);
  EXPECT_EQ(held(), 256u);
  const auto dropped = alloc.speculative([&]() -> std::optional<int> {
    (void)alloc.frame_alloc<char[256]>();
    (void)alloc.frame_new<Noisy>(2);
    return std::nullopt;
  });
  EXPECT_FALSE(dropped);
  EXPECT_EQ(destroyed, (std::vector{2}));
  EXPECT_EQ(held(), 256u);
  EXPECT_FALSE(alloc.speculative([&] {
    (void)alloc.frame_alloc<char[256]>();
    return false;
  }));
  EXPECT_EQ(held(), 256u);
  EXPECT_TRUE(alloc.speculative([&] { (void)alloc.frame_alloc<char[16]>(); }));
  EXPECT_EQ(held(), 272u);
}

TEST_F(Scopes, SpeculationRollsBackWhenItsFunctionThrows) {
  EXPECT_THROW(alloc.speculative([&]() -> bool {
    (void)alloc.frame_alloc<char[256]>();
    throw 1;
  }),
               int);
  EXPECT_EQ(held(), 0u);
}

TEST_F(Scopes, ACheckpointOfAnotherThreadIsRefused) {
  const FrameCheckpoint mine = alloc.frame_checkpoint();
  (void)alloc.frame_alloc<char[64]>();
  std::thread([&] {
    (void)alloc.frame_alloc<char[128]>();
    EXPECT_FALSE(alloc.rollback_to(mine));
  }).join();
  EXPECT_EQ(held(), 192u);
  EXPECT_TRUE(alloc.rollback_to(mine));
  EXPECT_EQ(held(), 128u);
}

TEST_F(Scopes, ACheckpointOfAnotherAllocatorIsRefused) {
  SmartAlloc other(AllocConfig::minimal());
  other.begin_frame();
  (void)alloc.frame_alloc<char[64]>();
  EXPECT_FALSE(alloc.rollback_to(other.frame_checkpoint()));
  EXPECT_EQ(held(), 64u);
}

TEST_F(Scopes, AScopedFrameEndsItself) {
  alloc.end_frame();
  {
    const ScopedFrame frame = alloc.scoped_frame();
    EXPECT_TRUE(alloc.in_frame());
    EXPECT_NE(alloc.frame_alloc<int>(), nullptr);
  }
  EXPECT_FALSE(alloc.in_frame());
  EXPECT_EQ(log.size(), 0u);
}

TEST_F(Scopes, TagsNestAndComeBack) {
  EXPECT_EQ(alloc.tag_path(), "");
  {
    const TagScope game = alloc.tag_scope("game");
    EXPECT_EQ(alloc.tag_path(), "game");
    alloc.with_tag("physics", [&](SmartAlloc& a) {
      EXPECT_EQ(a.tag_path(), "game::physics");
      EXPECT_EQ(a.current_tag(), "physics");
      (void)a.frame_alloc<char[160]>();
    });
    alloc.with_tag("ai::path", [&] { EXPECT_EQ(alloc.tag_path(), "game::ai::path"); });
    EXPECT_EQ(alloc.current_tag(), "game");
    (void)alloc.frame_alloc<char[16]>();
  }
  EXPECT_EQ(alloc.tag_path(), "");
  EXPECT_EQ(alloc.tag_stats("game::physics").frame_bytes, 160u);
  EXPECT_EQ(alloc.tag_stats("physics").frame_bytes, 160u);
  EXPECT_EQ(alloc.tag_stats("game").frame_bytes, 16u);
  EXPECT_EQ(alloc.tag_stats("game").subtree_bytes, 176u);
  EXPECT_EQ(alloc.with_tag("x", [] { return 5; }), 5);
  std::thread([&] { EXPECT_EQ(alloc.tag_path(), ""); }).join();
}

TEST_F(Scopes, ATagComesBackWhenAFunctionThrows) {
  EXPECT_THROW(alloc.with_tag("t", [] { throw 1; }), int);
  EXPECT_EQ(alloc.tag_path(), "");
}

TEST_F(Scopes, DestructorsRunWhenTheAllocatorDiesWithAnOpenFrame) {
  {
    SmartAlloc other(AllocConfig::minimal().with_frames_in_flight(3));
    for (int i = 0; i < 4; ++i) {
      other.begin_frame();
      (void)other.frame_new<Noisy>(i * 10);
      (void)other.frame_new<Noisy>(i * 10 + 1);
      if (i != 3) other.end_frame();
    }
    EXPECT_EQ(destroyed, (std::vector{1, 0}));
  }
  EXPECT_EQ(destroyed.size(), 8u);
}

}  // namespace
}  // namespace framealloc
