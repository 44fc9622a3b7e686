// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/sync/cache_line.hpp>
#include <framealloc/detail/sync/mpsc_stack.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace framealloc::detail {
namespace {

static_assert((kCacheLine & (kCacheLine - 1)) == 0 && kCacheLine >= 32);

struct Node {
  Node* next = nullptr;
  int value = 0;  // plain: published by the push
};
using Stack = MpscStack<Node, &Node::next>;

TEST(MpscStack, StartsEmpty) {
  Stack stack;
  EXPECT_TRUE(stack.empty());
  EXPECT_EQ(stack.take_all(), nullptr);
}

TEST(MpscStack, TakesEverythingNewestFirst) {
  Stack stack;
  Node nodes[3];
  for (int i = 0; i < 3; ++i) nodes[i].value = i;
  EXPECT_TRUE(stack.push(&nodes[0]));
  EXPECT_FALSE(stack.push(&nodes[1]));
  EXPECT_FALSE(stack.push(&nodes[2]));
  EXPECT_FALSE(stack.empty());
  int expected = 2;
  for (const Node* node = stack.take_all(); node != nullptr; node = node->next) {
    EXPECT_EQ(node->value, expected--);
  }
  EXPECT_EQ(expected, -1);
  EXPECT_TRUE(stack.empty());
  EXPECT_TRUE(stack.push(&nodes[0]));
}

TEST(MpscStack, PushesAChainInOneStep) {
  Stack stack;
  Node nodes[4];
  stack.push(&nodes[3]);
  nodes[0].next = &nodes[1];
  nodes[1].next = &nodes[2];
  EXPECT_FALSE(stack.push_chain(&nodes[0], &nodes[2]));
  const Node* node = stack.take_all();
  for (int i = 0; i < 4; ++i, node = node->next) ASSERT_EQ(node, &nodes[i]);
  EXPECT_EQ(node, nullptr);
}

TEST(MpscStack, EveryNodeArrivesOnceFromManyThreads) {
  constexpr int kThreads = 4;
  constexpr int kNodes = 10'000;
  Stack stack;
  std::vector<std::vector<Node>> nodes(kThreads, std::vector<Node>(kNodes));
  std::vector<int> seen(kThreads * kNodes, 0);
  std::atomic<int> running{kThreads};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kNodes; ++i) {
          Node& node = nodes[static_cast<std::size_t>(t)][static_cast<std::size_t>(i)];
          node.value = t * kNodes + i;
          stack.push(&node);
        }
        --running;
      });
    }
    const auto drain = [&] {
      for (const Node* node = stack.take_all(); node != nullptr; node = node->next) {
        ++seen[static_cast<std::size_t>(node->value)];
      }
    };
    while (running > 0) drain();
    drain();
  }
  for (const int times : seen) ASSERT_EQ(times, 1);
}

}  // namespace
}  // namespace framealloc::detail
