// SPDX-License-Identifier: MIT OR Apache-2.0
// Loaders, users and an impatient budget on eight threads.
#include <framealloc/streaming.hpp>

#include "heap/handle_fixture.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

namespace framealloc {
namespace {

using testing::HandleWorld;

constexpr unsigned kSeed = 7771;
constexpr std::size_t kBudget = 400'000;

struct Watch {
  StreamingAllocator* streaming;
  std::atomic<int> broken{0};
};

bool is_filled(const void* data, std::size_t size) {
  const auto* const bytes = static_cast<const char*>(data);
  for (std::size_t i = 1; i < size; ++i) {
    if (bytes[i] != bytes[0]) return false;
  }
  return true;
}

TEST(StreamingStress, EightThreadsReserveLoadUseAndEvict) {
  HandleWorld world(0, true);
  {
    StreamingAllocator streaming(world.context(), kBudget);
    Watch watch{&streaming};
    streaming.set_eviction_callback(
        [](const StreamEviction& eviction, void* context) {
          Watch& own = *static_cast<Watch*>(context);
          if (eviction.data != nullptr && !is_filled(eviction.data, eviction.size)) ++own.broken;
          if (own.streaming->acquire(eviction.id)) ++own.broken;
        },
        &watch);
    std::array<std::atomic<std::uint64_t>, 64> board{};
    const auto work = [&](unsigned thread) {
      std::mt19937 random(kSeed + thread);
      for (int i = 0; i < 1500; ++i) {
        auto& place = board[random() % board.size()];
        switch (random() % 6) {
          case 0:
          case 1: {
            const std::size_t size = random() % 30 == 0 ? 90'000 : 500 + random() % 20'000;
            const auto priority = static_cast<StreamPriority>(random() % 3);
            const StreamId id = streaming.reserve(size, priority);
            if (!id) break;
            void* const memory = streaming.begin_load(id);
            if (memory == nullptr) {
              ++watch.broken;
              break;
            }
            std::memset(memory, static_cast<int>(random() % 200), size);
            streaming.report_progress(id, size / 2);
            if (random() % 10 == 0) {
              streaming.fail_load(id);
            } else {
              streaming.finish_load(id);
            }
            streaming.free(StreamId(place.exchange(id.raw())));
            break;
          }
          case 2:
          case 3:
            if (const StreamRef ref = streaming.acquire(StreamId(place.load()))) {
              if (!is_filled(ref.data(), ref.size())) ++watch.broken;
            }
            break;
          case 4:
            streaming.free(StreamId(place.exchange(0)));
            break;
          default: {
            const StreamingStats stats = streaming.stats();
            if (stats.total_reserved > kBudget || stats.total_loaded > stats.total_reserved) {
              ++watch.broken;
            }
            streaming.next_frame();
          }
        }
      }
    };
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 8; ++t) threads.emplace_back(work, t);
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(watch.broken.load(), 0) << "seed " << kSeed;
    EXPECT_GT(streaming.stats().evictions, 0U);
    EXPECT_EQ(streaming.stats().pinned_count, 0U);
    std::size_t sum = 0;
    for (auto& place : board) {
      if (const auto info = streaming.info(StreamId(place.load()))) sum += info->size;
    }
    EXPECT_LE(sum, streaming.total_reserved());
    for (auto& place : board) streaming.free(StreamId(place.load()));
    EXPECT_TRUE(streaming.set_budget(0));
    EXPECT_EQ(streaming.total_reserved(), 0U);
    EXPECT_EQ(streaming.total_loaded(), 0U);
    EXPECT_EQ(world.budgets().current_usage(), 0U);
  }
  world.close();
  EXPECT_EQ(world.source().live_blocks(), 0U);
}

}  // namespace
}  // namespace framealloc
