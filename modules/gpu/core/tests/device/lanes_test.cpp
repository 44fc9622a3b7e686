// SPDX-License-Identifier: MIT OR Apache-2.0
// What threads hand out is counted apart, and is one sum all the same: to the byte, with its peak, and
// under limits.
#include "gpu_rig.hpp"

#include <framealloc/figures.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <random>
#include <thread>

namespace framealloc::gpu::testing {
namespace {

struct TagFigures {
  std::size_t bytes = 0, peak = 0, subtree = 0;
};
std::map<std::string, TagFigures> tags_of(const Rig& rig) {
  std::map<std::string, TagFigures> tags;
  rig.host.visit_devices([&](const auto& figures) {
    if constexpr (requires { figures.subtree_bytes; })
      tags[std::string(figures.tag)] = {figures.bytes, figures.peak_bytes, figures.subtree_bytes};
  });
  return tags;
}

TEST(GpuLanes, ThePeakIsThatOfAllThreadsTogether) {
  Rig rig;
  std::vector<GpuBuffer> held;
  const auto take = [&](std::size_t size) {
    on_a_thread([&] { held.push_back(rig.buffer(size)); });
  };
  take(1000);
  on_a_thread([&] { held.clear(); });
  take(2000);
  EXPECT_EQ(rig.gpu->stats().peak_usage, 2000U) << "they were not held at once";
  take(500);
  on_a_thread([&] { held.erase(held.begin()); });
  take(1800);
  take(10);
  EXPECT_EQ(rig.gpu->stats().peak_usage, 2500U);
  take(200);
  EXPECT_EQ(rig.gpu->stats().peak_usage, 2510U);
}

// Threads take turns, so a model knows every sum; nobody looks at the figures before the end.
TEST(GpuLanes, SumsAndPeaksAreThoseOfAModel) {
  for (const unsigned seed : {1U, 2U, 3U, 4U}) {
    SCOPED_TRACE(seed);
    Rig rig;
    std::mt19937 random(seed);
    const std::array<std::string, 3> tags{"a", "a::b", "c"};
    struct Held {
      GpuBuffer buffer;
      std::size_t tag;
    };
    std::vector<Held> held;
    std::array<std::size_t, 3> own{}, peak{};
    std::size_t total = 0, most = 0;
    for (int phase = 0; phase < 40; ++phase) {
      on_a_thread([&] {
        const bool grows = random() % 3 != 0;
        for (auto left = 1 + random() % 40; left != 0; --left) {
          if (!held.empty() && random() % (grows ? 3 : 2) == 0) {
            std::swap(held[random() % held.size()], held.back());
            own[held.back().tag] -= held.back().buffer.size();
            total -= held.back().buffer.size();
            held.pop_back();
            continue;
          }
          const std::size_t tag = random() % tags.size();
          const std::size_t size = 1 + random() % 5000;
          const auto scope = rig.host.tag_scope(tags[tag]);
          held.push_back({rig.buffer(size), tag});
          own[tag] += size;
          total += size;
          peak[tag] = std::max(peak[tag], own[tag]);
          most = std::max(most, total);
        }
      });
    }
    EXPECT_EQ(rig.gpu->stats().peak_usage, most);
    EXPECT_EQ(rig.gpu->stats().allocated_bytes, total);
    auto seen = tags_of(rig);
    for (std::size_t tag = 0; tag < tags.size(); ++tag) {
      EXPECT_EQ(seen[tags[tag]].bytes, own[tag]) << tags[tag];
      EXPECT_EQ(seen[tags[tag]].peak, peak[tag]) << tags[tag];
    }
    EXPECT_EQ(seen["a"].subtree, own[0] + own[1]);
    EXPECT_EQ(rig.gpu->tag_bytes("a"), own[0] + own[1]);
  }
}

TEST(GpuLanes, ALimitIsKeptToTheByteByThreadsTogether) {
  Rig rig;
  constexpr std::size_t kSize = 1000, kLimit = 200 * kSize + 999;
  // What is held when the limit is set counts, whoever has taken it.
  std::vector<GpuBuffer> before;
  on_a_thread([&] {
    const auto scope = rig.host.tag_scope("level::old");
    for (int i = 0; i < 20; ++i) before.push_back(rig.buffer(kSize));
  });
  on_a_thread([&] { before.erase(before.begin() + 10, before.end()); });
  rig.gpu->set_tag_limit("level", kLimit);
  std::atomic<std::size_t> granted{before.size()}, denied{0};
  std::vector<std::vector<GpuBuffer>> held(4);
  std::vector<std::thread> threads;
  for (unsigned index = 0; index < 4; ++index)
    threads.emplace_back([&, index] {
      const auto scope = rig.host.tag_scope("level::thread" + std::to_string(index));
      for (;;) {
        auto made = rig.gpu->allocate({kSize, Intent::DeviceOnly});
        if (!made) {
          EXPECT_EQ(made.error().code, Code::FA417);
          denied.fetch_add(1);
          return;
        }
        held[index].push_back(*std::move(made));
        granted.fetch_add(1);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(granted.load(), 200U);
  EXPECT_EQ(denied.load(), 4U);
  EXPECT_EQ(rig.gpu->tag_bytes("level"), 200 * kSize);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(4, Code::FA417));
  // Without it they grow again, and a new one counts what came meanwhile.
  rig.gpu->set_tag_limit("level", 0);
  before.push_back(rig.buffer(kSize));  // no tag
  {
    const auto scope = rig.host.tag_scope("level");
    for (int i = 0; i < 50; ++i) before.push_back(rig.buffer(kSize));
  }
  rig.gpu->set_tag_limit("level", 251 * kSize);
  on_a_thread([&] {
    const auto scope = rig.host.tag_scope("level");
    EXPECT_TRUE(rig.gpu->allocate({kSize, Intent::DeviceOnly}));
    EXPECT_FALSE(rig.gpu->allocate({kSize + 1, Intent::DeviceOnly}));
  });
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
  held.clear();
  before.clear();
  EXPECT_EQ(rig.gpu->tag_bytes("level"), 0U);
  EXPECT_EQ(rig.gpu->stats().allocated_bytes, 0U);
}

// Limits come and go while threads allocate, and end with buffers that others let go. Afterwards not a
// byte is missing, and limits are exact.
TEST(GpuLanes, LimitsComeAndGoWhileThreadsAllocate) {
  Rig rig;
  std::vector<GpuBuffer> left;
  std::mutex mutex;
  for (int round = 0; round < 3; ++round) {
    std::atomic<std::size_t> denied{0};
    std::atomic<unsigned> running{3};
    std::vector<std::thread> threads;
    for (unsigned index = 0; index < 3; ++index)
      threads.emplace_back([&, index, round] {
        std::mt19937 random(static_cast<unsigned>(round) * 3 + index);
        const auto scope = rig.host.tag_scope(index == 0 ? "world" : "world::part");
        std::vector<GpuBuffer> held;
        for (int i = 0; i < 400; ++i) {
          if (held.size() > 20 || (random() % 2 == 0 && !held.empty())) {
            std::swap(held[random() % held.size()], held.back());
            held.pop_back();
            continue;
          }
          auto made = rig.gpu->allocate({1 + random() % 5000, Intent::DeviceOnly});
          made ? held.push_back(*std::move(made)) : static_cast<void>(denied.fetch_add(1));
        }
        {
          const std::lock_guard<std::mutex> guard(mutex);
          for (GpuBuffer& buffer : held) left.push_back(std::move(buffer));
        }
        running.fetch_sub(1);
      });
    for (std::size_t limit = 1; running.load() != 0; limit = limit % 7 + 1) {
      rig.gpu->set_tag_limit(limit % 2 == 0 ? "world" : "world::part",
                             limit % 3 == 0 ? 0 : limit * 10'000);
      {
        const std::lock_guard<std::mutex> guard(mutex);
        if (!left.empty()) left.pop_back();
      }
      std::this_thread::yield();
    }
    for (std::thread& thread : threads) thread.join();
    for (const Code code : rig.book.codes()) EXPECT_EQ(code, Code::FA417);
    std::size_t held = 0;
    for (const GpuBuffer& buffer : left) held += buffer.size();
    EXPECT_EQ(rig.gpu->tag_bytes("world"), held);
    EXPECT_EQ(rig.gpu->stats().allocated_bytes, held);
    rig.gpu->set_tag_limit("world::part", 0);
    rig.gpu->set_tag_limit("world", held + 100);
    const auto scope = rig.host.tag_scope("world::part");
    EXPECT_FALSE(rig.gpu->allocate({101, Intent::DeviceOnly}));
    EXPECT_TRUE(rig.gpu->allocate({100, Intent::DeviceOnly}));
    EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
    rig.gpu->set_tag_limit("world", 0);
  }
  left.clear();
  EXPECT_EQ(rig.gpu->tag_bytes("world"), 0U);
  rig.expect_sums();
}

// A request that is denied was never handed out, whichever thread made it.
TEST(GpuLanes, WhatIsDeniedIsInNoPeak) {
  Rig rig;
  for (const unsigned heap : {0U, 2U}) rig.gpu->set_heap_limit(heap, 1);
  for (int i = 0; i < 10; ++i)
    on_a_thread([&] { EXPECT_FALSE(rig.gpu->allocate({kMiB, Intent::DeviceOnly})); });
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(10, Code::FA417));
  EXPECT_EQ(rig.gpu->stats().peak_usage, 0U);
  GpuBuffer small;
  on_a_thread([&] { small = rig.buffer(1000, Intent::Staging); });
  on_a_thread([&] { EXPECT_FALSE(rig.gpu->allocate({kMiB, Intent::DeviceOnly})); });
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
  EXPECT_EQ(rig.gpu->stats().peak_usage, 1000U);
}

}  // namespace
}  // namespace framealloc::gpu::testing
