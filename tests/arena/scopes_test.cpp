// SPDX-License-Identifier: MIT OR Apache-2.0
// Scopes that the arena lists while they last: what they cost does not grow with how many there
// were, and one that was rewound past moves nothing.
#include <framealloc/arena_scope.hpp>

#include "arena/test_host.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

namespace framealloc {
namespace {

using testing::TestHost;

// A frame that is not plain: something has been checkpointed in it.
void begin_complex(TestHost& host) {
  host.begin();
  (void)host.arena().checkpoint();
}

TEST(Scopes, LeaveNothingToRemember) {
  TestHost host;
  begin_complex(host);
  const auto rounds = [&](int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_NE(host.arena().alloc_bytes(16), nullptr);  // the result of a round, kept
      const ArenaScope outer(host.arena());
      ASSERT_NE(host.arena().alloc_bytes(32), nullptr);
      const ArenaScope inner(host.arena());
      ASSERT_NE(host.arena().alloc_bytes(32), nullptr);
      const FrameCheckpoint guard = host.arena().open_scope();
      ASSERT_NE(host.arena().alloc_bytes(32), nullptr);
      host.arena().close_scope(guard, i % 2 == 0);
    }
  };
  rounds(10);
  const std::size_t before = host.metadata().bytes_in_use();
  rounds(20'000);
  EXPECT_EQ(host.metadata().bytes_in_use(), before);
  EXPECT_EQ(host.arena().highest_checkpoint(), 0u);
  EXPECT_EQ(host.arena().position(), 20'010u * 16);
}

TEST(Scopes, OneThatWasRewoundPastMovesNothing) {
  TestHost host;
  begin_complex(host);
  (void)host.arena().alloc_bytes(64);
  const FrameCheckpoint low = host.arena().checkpoint();
  (void)host.arena().alloc_bytes(64);
  {
    const ArenaScope scope(host.arena());
    (void)host.arena().alloc_bytes(64);
    ASSERT_TRUE(host.arena().rewind(low));
    (void)host.arena().alloc_bytes(640);
  }
  EXPECT_EQ(host.arena().position(), 64u + 640);
}

TEST(Scopes, OneThatARewindOnlyReachedStillCounts) {
  TestHost host;
  begin_complex(host);
  const FrameCheckpoint low = host.arena().checkpoint();
  {
    const ArenaScope scope(host.arena());
    (void)host.arena().alloc_bytes(64);
    ASSERT_TRUE(host.arena().rewind(low));
    (void)host.arena().alloc_bytes(640);
  }
  EXPECT_EQ(host.arena().position(), 0u);
}

TEST(Scopes, MayEndInAnyOrder) {
  TestHost host;
  begin_complex(host);
  std::optional<ArenaScope> outer(std::in_place, host.arena());
  (void)host.arena().alloc_bytes(64);
  std::optional<ArenaScope> middle(std::in_place, host.arena());
  std::optional<ArenaScope> twin(std::in_place, host.arena());
  (void)host.arena().alloc_bytes(64);
  std::optional<ArenaScope> inner(std::in_place, host.arena());
  (void)host.arena().alloc_bytes(64);
  middle.reset();  // takes what is inner's with it
  EXPECT_EQ(host.arena().position(), 64u);
  (void)host.arena().alloc_bytes(320);
  inner.reset();
  EXPECT_EQ(host.arena().position(), 64u + 320) << "nothing of it was left";
  twin.reset();
  EXPECT_EQ(host.arena().position(), 64u) << "it began where the other did";
  outer.reset();
  EXPECT_EQ(host.arena().position(), 0u);
  EXPECT_EQ(host.arena().highest_checkpoint(), 0u);
}

TEST(Scopes, OfAnEarlierFrameMoveNothing) {
  TestHost host;
  begin_complex(host);
  std::optional<ArenaScope> scope(std::in_place, host.arena());
  (void)host.arena().alloc_bytes(64);
  host.end();
  begin_complex(host);
  const ArenaScope other(host.arena());  // listed where the old one was
  (void)host.arena().alloc_bytes(128);
  scope.reset();
  EXPECT_EQ(host.arena().position(), 128u);
}

TEST(Scopes, GiveACheckpointThatOutlivesThem) {
  TestHost host;
  begin_complex(host);
  (void)host.arena().alloc_bytes(64);
  const FrameCheckpoint scope = host.arena().open_scope();
  (void)host.arena().alloc_bytes(64);
  const FrameCheckpoint kept = host.arena().checkpoint_of(scope);
  host.arena().close_scope(scope, true);
  (void)host.arena().alloc_bytes(64);
  EXPECT_TRUE(host.arena().rewind(kept));
  EXPECT_EQ(host.arena().position(), 64u);
}

TEST(Scopes, GiveARefusedCheckpointWhenRewoundPast) {
  TestHost host;
  begin_complex(host);
  const FrameCheckpoint low = host.arena().checkpoint();
  (void)host.arena().alloc_bytes(64);
  const FrameCheckpoint scope = host.arena().open_scope();
  (void)host.arena().alloc_bytes(64);
  const FrameCheckpoint early = host.arena().checkpoint_of(scope);
  ASSERT_TRUE(host.arena().rewind(low));
  (void)host.arena().alloc_bytes(640);
  const FrameCheckpoint late = host.arena().checkpoint_of(scope);
  EXPECT_FALSE(host.arena().rewind(early));
  EXPECT_FALSE(host.arena().rewind(late));
  EXPECT_FALSE(host.arena().rewind(scope));
  host.arena().close_scope(scope, false);
  EXPECT_EQ(host.arena().position(), 640u);
}

}  // namespace
}  // namespace framealloc
