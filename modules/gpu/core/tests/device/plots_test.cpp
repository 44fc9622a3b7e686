// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads find places in parts of blocks that are their lane's: no more device memory is held for that,
// nothing is denied for that, and everything goes back.
#include "gpu_rig.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <random>
#include <set>
#include <thread>

namespace framealloc::gpu::testing {
namespace {

// A rig whose blocks are this thread's, so that every other thread takes plots.
struct Home : Rig {
  explicit Home(const GpuConfig& config = {}) : Rig(HostBackendConfig::discrete(), config) {
    const GpuBuffer first = buffer(1000);
  }
};

TEST(GpuPlots, ManyThreadsHoldOneBlock) {
  Home rig;
  std::vector<GpuBuffer> held;
  for (int i = 0; i < 16; ++i)
    on_a_thread([&] {
      for (std::size_t size = 1; size <= 32 * kKiB; size *= 2) held.push_back(rig.buffer(size));
    });
  EXPECT_EQ(rig.gpu->stats().total_bytes, kBlock);
  EXPECT_EQ(rig.gpu->stats().block_count, 1U);
  ASSERT_TRUE(rig.gpu->wait_idle());
  rig.expect_sums();
  EXPECT_EQ(rig.gpu->stats().free_bytes + rig.gpu->stats().allocated_bytes +
                rig.gpu->stats().padding_bytes,
            kBlock);
  // Nobody's bytes lie on another's.
  std::set<std::uint64_t> handles;
  for (std::size_t i = 0; i < held.size(); ++i) {
    rig.device.dispatch(
        held[i],
        [](std::span<std::byte> bytes, void* value) {
          std::memset(bytes.data(), static_cast<int>(*static_cast<std::size_t*>(value)),
                      bytes.size());
        },
        &i);
    handles.insert(held[i].raw_handle());
  }
  EXPECT_EQ(handles.size(), held.size());
  for (std::size_t i = 0; i < held.size(); ++i)
    for (const std::byte byte : rig.device.device_bytes(held[i]))
      ASSERT_EQ(byte, static_cast<std::byte>(i));
}

TEST(GpuPlots, ABlockGoesBackWhenTheThreadsAreDone) {
  GpuConfig config;
  config.keep_empty_blocks = 0;
  config.empty_block_frames = 10;
  Home rig(config);
  std::vector<GpuBuffer> held;
  for (int i = 0; i < 10; ++i)
    on_a_thread([&] {
      for (int n = 0; n < 40; ++n) held.push_back(rig.buffer(20 * kKiB));
    });
  held.erase(held.begin() + 1, held.end());
  rig.frames(20);
  EXPECT_EQ(rig.gpu->stats().total_bytes, kBlock) << "one buffer is held";
  EXPECT_LT(rig.gpu->stats().fragmentation, 0.02) << "all but its plot is one region";
  held.clear();
  rig.frames(30);
  EXPECT_EQ(rig.gpu->stats().total_bytes, 0U);
  on_a_thread([&] { held.push_back(rig.buffer(1000)); });
  on_a_thread([&] { held.push_back(rig.buffer(1000)); });
  held.clear();
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->trim(), kBlock) << "at once where it is asked for";
}

// A heap of one block: it is filled to the last byte whoever asks, what is let go is there for every
// thread, and a large request has the room that plots have left.
TEST(GpuPlots, NothingIsDeniedThatHasRoom) {
  Home rig;
  for (const unsigned heap : {1U, 2U}) rig.gpu->set_heap_limit(heap, 1);
  rig.gpu->set_heap_limit(0, kBlock);
  constexpr std::size_t kSize = 16 * kKiB;
  std::mt19937 random(7);
  std::vector<GpuBuffer> held;
  const auto fill = [&] {
    for (;;) {
      auto made = rig.gpu->allocate({kSize, Intent::DeviceOnly});
      if (!made) break;
      held.push_back(*std::move(made));
    }
    EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
  };
  ASSERT_TRUE(rig.gpu->wait_idle());
  on_a_thread([&] {
    for (int i = 0; i < 100; ++i) held.push_back(rig.buffer(kSize));
  });
  for (int round = 0; round < 6; ++round) {
    round % 2 == 0 ? fill() : on_a_thread(fill);
    EXPECT_EQ(held.size(), kBlock / kSize) << round;
    EXPECT_EQ(rig.gpu->stats().free_bytes, 0U);
    std::shuffle(held.begin(), held.end(), random);
    on_a_thread([&] { held.resize(held.size() / 2); });
    ASSERT_TRUE(rig.gpu->wait_idle());
  }
  held.clear();
  on_a_thread([&] { held.push_back(rig.buffer(kSize)); });
  held.clear();
  ASSERT_TRUE(rig.gpu->wait_idle());
  const GpuBuffer half = rig.buffer(kBlock / 2 - kSize);
  const GpuBuffer other = rig.buffer(kBlock / 2 - kSize);
  EXPECT_EQ(rig.device.heap_peak_bytes(0), kBlock);
}

TEST(GpuPlots, TheDumpShowsWhatLiesInThem) {
  Home rig;
  std::vector<GpuBuffer> held;
  on_a_thread([&] {
    for (int i = 0; i < 20; ++i) {
      auto made = rig.gpu->allocate(
          GpuAllocRequirements(5000, Intent::DeviceOnly).with_name("one" + std::to_string(i)));
      ASSERT_TRUE(made);
      held.push_back(*std::move(made));
    }
  });
  const std::string json = rig.gpu->to_json();
  for (int i = 0; i < 20; ++i)
    EXPECT_NE(json.find("\"one" + std::to_string(i) + "\""), std::string::npos) << i;
}

struct Moved {
  std::size_t bytes = 0;
  static void take(const GpuMove& move, void* context) {
    static_cast<Moved*>(context)->bytes += move.size;
  }
};

TEST(GpuPlots, DefragmentationEmptiesThem) {
  Home rig;
  std::vector<GpuBuffer> held;
  const auto take = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      auto made =
          rig.gpu->allocate(GpuAllocRequirements(16 * kKiB, Intent::DeviceOnly).with_movable());
      ASSERT_TRUE(made);
      held.push_back(*std::move(made));
    }
  };
  ASSERT_TRUE(rig.gpu->wait_idle());
  on_a_thread([&] { take(kBlock / (16 * kKiB)); });
  take(10);
  on_a_thread([&] { take(300); });
  ASSERT_EQ(rig.gpu->stats().block_count, 2U);
  std::vector<GpuBuffer> left;
  for (std::size_t i = 0; i < held.size(); i += 20) left.push_back(std::move(held[i]));
  held.clear();
  ASSERT_TRUE(rig.gpu->wait_idle());
  std::vector<std::byte> values(left.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    values[i] = static_cast<std::byte>(i + 1);
    rig.device.dispatch(
        left[i],
        [](std::span<std::byte> bytes, void* value) {
          std::memset(bytes.data(), static_cast<int>(*static_cast<std::byte*>(value)),
                      bytes.size());
        },
        &values[i]);
  }
  Moved moved;
  ASSERT_TRUE(rig.gpu->defragment(SIZE_MAX, &Moved::take, &moved));
  EXPECT_GT(moved.bytes, 0U);
  ASSERT_TRUE(rig.gpu->wait_idle());
  rig.frames(4);
  EXPECT_EQ(rig.gpu->trim(), kBlock);
  EXPECT_EQ(rig.gpu->stats().block_count, 1U);
  for (std::size_t i = 0; i < left.size(); ++i)
    for (const std::byte byte : rig.device.device_bytes(left[i])) ASSERT_EQ(byte, values[i]);
  rig.expect_sums();
}

// Small and large requests of threads that end and follow one another, under a limit that denies
// again and again, with buffers that others let go, frames, trims and dumps meanwhile.
TEST(GpuPlots, AStormUnderATightLimitLeavesNothing) {
  GpuConfig config;
  config.block_size = 2 * kMiB;
  Home rig(config);
  for (const unsigned heap : {1U, 2U}) rig.gpu->set_heap_limit(heap, 2 * kMiB);
  rig.gpu->set_heap_limit(0, 3 * kMiB);
  std::mutex mutex;
  std::vector<GpuBuffer> shared;
  std::atomic<std::size_t> denied{0}, granted{0};
  for (unsigned wave = 0; wave < 3; ++wave) {
    std::atomic<unsigned> running{4};
    std::vector<std::thread> threads;
    for (unsigned index = 0; index < 4; ++index)
      threads.emplace_back([&, seed = wave * 4 + index] {
        std::mt19937 random(seed);
        for (int i = 0; i < 500; ++i) {
          const std::size_t size = random() % 6 == 0 ? random() % kMiB + 1 : random() % 8000 + 1;
          auto made = rig.gpu->allocate({size, static_cast<Intent>(random() % 5)});
          if (!made) {
            EXPECT_EQ(made.error().code, Code::FA417);
            denied.fetch_add(1);
          }
          const std::lock_guard<std::mutex> guard(mutex);
          if (made) {
            granted.fetch_add(1);
            shared.push_back(*std::move(made));
          }
          while (shared.size() > 300 || (!made && !shared.empty())) {
            std::swap(shared[random() % shared.size()], shared.back());
            shared.pop_back();
            made = Error{Code::FA417, {}};
            if (random() % 4 == 0) break;
          }
        }
        running.fetch_sub(1);
      });
    for (unsigned frame = 0; running.load() != 0; ++frame) {
      rig.frame();
      if (frame % 8 == 0) static_cast<void>(rig.gpu->trim());
      if (frame % 16 == 0) {
        EXPECT_FALSE(rig.gpu->to_json().empty());
      }
      if (frame % 4 == 0) {
        EXPECT_TRUE(rig.gpu->defragment(100 * kKiB, nullptr));
      }
      for (unsigned heap = 0; heap < 3; ++heap)
        EXPECT_LE(rig.gpu->heap_budget(heap).reserved, rig.gpu->heap_budget(heap).budget);
      std::this_thread::yield();
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_GT(denied.load(), 0U);
  EXPECT_GT(granted.load(), 3000U);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(denied.load(), Code::FA417));
  EXPECT_LE(rig.device.heap_peak_bytes(0), 3 * kMiB);
  rig.expect_sums();
  shared.clear();
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->stats().allocated_bytes, 0U);
  EXPECT_EQ(rig.gpu->stats().padding_bytes, 0U);
  static_cast<void>(rig.gpu->trim());
  EXPECT_EQ(rig.gpu->stats().total_bytes, 0U);
}

}  // namespace
}  // namespace framealloc::gpu::testing
