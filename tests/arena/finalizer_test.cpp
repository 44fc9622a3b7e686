// SPDX-License-Identifier: MIT OR Apache-2.0
// Destructors that frame memory owes: once each, newest first, at the right moment.
#include "arena/test_host.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace framealloc {
namespace {

using testing::TestHost;

std::vector<int> order;

struct Noisy {
  int id;
  ~Noisy() { order.push_back(id); }
};

Noisy* make(FrameArena& arena, int id) {
  detail::Finalizer* finalizer = arena.new_finalizer(&detail::destroy_objects<Noisy>);
  Noisy* object = arena.alloc<Noisy>();
  if (finalizer == nullptr || object == nullptr) return nullptr;
  ::new (object) Noisy{id};
  arena.arm(finalizer, object, 1);
  return object;
}

class Finalizers : public ::testing::Test {
 protected:
  void SetUp() override { order.clear(); }
};

TEST_F(Finalizers, RunAtTheFramesEndInReverse) {
  TestHost host;
  host.begin();
  for (int i = 0; i < 5; ++i) ASSERT_NE(make(host.arena(), i), nullptr);
  EXPECT_TRUE(order.empty());
  host.end();
  EXPECT_EQ(order, (std::vector{4, 3, 2, 1, 0}));
  host.begin();
  host.end();
  EXPECT_EQ(order.size(), 5u);
}

TEST_F(Finalizers, ArraysAreDestroyedBackToFront) {
  TestHost host;
  host.begin();
  detail::Finalizer* finalizer = host.arena().new_finalizer(&detail::destroy_objects<Noisy>);
  auto* objects = host.arena().alloc_batch<Noisy>(3);
  for (int i = 0; i < 3; ++i) ::new (objects + i) Noisy{i};
  host.arena().arm(finalizer, objects, 3);
  host.end();
  EXPECT_EQ(order, (std::vector{2, 1, 0}));
}

TEST_F(Finalizers, RunWhenRewoundPastAndNotBefore) {
  TestHost host;
  host.begin();
  make(host.arena(), 1);
  const FrameCheckpoint here = host.arena().checkpoint();
  make(host.arena(), 2);
  make(host.arena(), 3);
  ASSERT_TRUE(host.arena().rewind(here));
  EXPECT_EQ(order, (std::vector{3, 2}));
  make(host.arena(), 4);
  host.end();
  EXPECT_EQ(order, (std::vector{3, 2, 4, 1}));
}

TEST_F(Finalizers, ACanceledOneDoesNotRun) {
  TestHost host;
  host.begin();
  detail::Finalizer* finalizer = host.arena().new_finalizer(&detail::destroy_objects<Noisy>);
  Noisy* object = host.arena().alloc<Noisy>();
  ::new (object) Noisy{7};
  host.arena().arm(finalizer, object, 1);
  make(host.arena(), 8);
  finalizer->destroy = nullptr;
  std::destroy_at(object);
  host.end();
  EXPECT_EQ(order, (std::vector{7, 8}));
}

TEST_F(Finalizers, MayAllocateAndArmWhileRewinding) {
  static FrameArena* arena;
  struct Chatty {
    ~Chatty() { make(*arena, 10); }
  };
  TestHost host;
  arena = &host.arena();
  host.begin();
  const FrameCheckpoint here = host.arena().checkpoint();
  detail::Finalizer* finalizer = host.arena().new_finalizer(&detail::destroy_objects<Chatty>);
  auto* object = host.arena().alloc<Chatty>();
  ::new (object) Chatty;
  host.arena().arm(finalizer, object, 1);
  ASSERT_TRUE(host.arena().rewind(here));
  EXPECT_EQ(order, (std::vector{10})) << "what a destructor made was rewound too";
  EXPECT_EQ(host.arena().position(), 0u);
  host.end();
  EXPECT_EQ(order.size(), 1u);
}

TEST_F(Finalizers, MayNotAllocateFromTheFrameThatEnds) {
  static FrameArena* arena;
  static void* got;
  struct Late {
    ~Late() { got = arena->alloc_bytes(16); }
  };
  TestHost host;
  arena = &host.arena();
  got = &host;
  host.begin();
  detail::Finalizer* finalizer = host.arena().new_finalizer(&detail::destroy_objects<Late>);
  auto* object = host.arena().alloc<Late>();
  ::new (object) Late;
  host.arena().arm(finalizer, object, 1);
  host.end();
  EXPECT_EQ(got, nullptr);
  EXPECT_EQ(host.said.back().code, Code::FA001);
}

TEST_F(Finalizers, WaitForAsManyFramesAsAreInFlight) {
  for (unsigned in_flight = 1; in_flight <= 4; ++in_flight) {
    order.clear();
    TestHost host({.slots = in_flight});
    for (int frame = 1; frame <= 12; ++frame) {
      host.begin();
      make(host.arena(), frame);
      host.end();
      // At the end of frame n, frame n - (k - 1) stops being valid.
      const int done = frame - static_cast<int>(in_flight) + 1;
      EXPECT_EQ(order.size(), done < 0 ? 0u : static_cast<std::size_t>(done)) << in_flight;
      if (done > 0) {
        EXPECT_EQ(order.back(), done) << in_flight;
      }
    }
  }
}

TEST_F(Finalizers, AllObjectsAreInPlaceWhileAnyDestructorRuns) {
  static Noisy* first;
  static int seen;
  struct Looks {
    ~Looks() { seen = first->id; }
  };
  TestHost host;
  host.begin();
  first = make(host.arena(), 42);
  detail::Finalizer* finalizer = host.arena().new_finalizer(&detail::destroy_objects<Looks>);
  auto* object = host.arena().alloc<Looks>();
  ::new (object) Looks;
  host.arena().arm(finalizer, object, 1);
  host.end();
  EXPECT_EQ(seen, 42);
}

TEST_F(Finalizers, RollBackExactlyTheirObjectsAfterAnOverflow) {
  // Fallback blocks do not move the position; what is undone must still be told from what is kept.
  TestHost host({.overflow = FrameOverflow::HeapFallback, .capacity = 4096});
  host.begin();
  ASSERT_NE(host.arena().alloc_bytes(4096), nullptr);
  Noisy* kept = make(host.arena(), 1);
  ASSERT_NE(kept, nullptr);
  EXPECT_GT(host.fallbacks_out, 0u);
  const std::size_t blocks = host.fallbacks_out;
  const FrameCheckpoint here = host.arena().checkpoint();
  make(host.arena(), 2);
  ASSERT_TRUE(host.arena().rewind(here));
  EXPECT_EQ(order, (std::vector{2}));
  EXPECT_EQ(host.fallbacks_out, blocks) << "the rollback freed what stood before the checkpoint";
  EXPECT_EQ(kept->id, 1);
  host.end();
  EXPECT_EQ(order, (std::vector{2, 1}));
  EXPECT_EQ(host.fallbacks_out, 0u);
}

}  // namespace
}  // namespace framealloc
