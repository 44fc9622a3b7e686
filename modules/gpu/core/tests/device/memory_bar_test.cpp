// SPDX-License-Identifier: MIT OR Apache-2.0
// How much device memory is held for what is in use.
#include "gpu_rig.hpp"

#include <framealloc/gpu/frame_ring.hpp>

#include <algorithm>
#include <array>
#include <deque>
#include <random>
#include <vector>

namespace framealloc::gpu::testing {
namespace {

// An empty block goes once it has been empty for 120 frames. What the last large frame has left in it
// lives for a few frames more, and is the GPU's for the frames in flight after that.
constexpr std::size_t kWindow = 120 + 16;

constexpr std::array kIntents{Intent::DeviceOnly, Intent::HostVisible, Intent::Staging};

// A scene: streamed buffers of three intents, frame memory, and every now and then a level that is
// four times as large for a while.
class Scene {
 public:
  Scene(Rig& rig, unsigned seed) : rig_(rig), random_(seed) {}

  // Effect: one frame. Result: bytes that were in use in it.
  std::size_t frame(std::size_t index) {
    const bool large = index % 500 > 200 && index % 500 < 260;
    const std::size_t wanted = large ? 240 : 60;
    EXPECT_TRUE(rig_.gpu->begin_gpu_frame());
    while (held_.size() > wanted) held_.pop_front();
    for (int i = 0; i < 12; ++i) {
      if (held_.size() >= wanted) held_.pop_front();
      held_.push_back(
          rig_.buffer(1000 + random_() % (large ? 600'000 : 300'000), kIntents[random_() % 3]));
    }
    FrameRing& ring = rig_.gpu->staging();
    for (std::size_t left = large ? 6 * kMiB : kMiB; left > 0;) {
      const std::size_t size = std::min<std::size_t>(left, 1 + random_() % 60'000);
      EXPECT_TRUE(ring.alloc(size));
      left -= size;
    }
    const GpuAllocStats stats = rig_.gpu->stats();
    EXPECT_TRUE(rig_.gpu->end_gpu_frame());
    return stats.allocated_bytes + stats.retired_bytes;
  }

 private:
  Rig& rig_;
  std::minstd_rand random_;
  std::deque<GpuBuffer> held_;
};

TEST(GpuMemoryBar, WhatIsHeldStaysNearTheMostThatWasInUse) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    SCOPED_TRACE(seed);
    GpuConfig config;
    config.block_size = 4 * kMiB;
    config.ring_page = 256 * kKiB;
    config.ring_size = 2 * kMiB;
    config.keep_empty_blocks = seed % 2;
    Rig rig(HostBackendConfig::discrete(), config);
    rig.device.set_completion(HostCompletion::Manual);
    // One block of each type that is in use, of persistent memory in three heaps and of the ring, and
    // the empty ones that the program wants to be kept.
    const std::size_t blocks = 4 * config.block_size * (1 + config.keep_empty_blocks);
    std::deque<std::size_t> used;
    std::size_t lowest = SIZE_MAX, highest = 0;
    {
      Scene scene(rig, seed);
      for (std::size_t frame = 0; frame < 1000; ++frame) {
        used.push_back(scene.frame(frame));
        if (used.size() > kWindow) used.pop_front();
        const std::size_t most = *std::max_element(used.begin(), used.end());
        const std::size_t held = rig.gpu->stats().total_bytes;
        ASSERT_LE(held, most + most / 2 + blocks) << "frame " << frame;
        if (frame > 120) lowest = std::min(lowest, held);
        highest = std::max(highest, held);
      }
    }
    EXPECT_GT(highest, 2 * lowest) << "the large level came and went";
  }
}

// Of default sizes: what a few buffers that a large level has left behind hold.
void expect_little_held(unsigned keep) {
  GpuConfig config;
  config.keep_empty_blocks = keep;
  Rig rig(HostBackendConfig::discrete(), config);
  rig.device.set_completion(HostCompletion::Manual);
  // As HostBackendConfig::discrete() says: local, visible and local, the host's; and the ring's first.
  std::size_t blocks = 16 * kMiB + 1 * kMiB + 32 * kMiB + config.ring_size;
  blocks += keep * (16 * kMiB + 1 * kMiB + 32 * kMiB + 2 * config.ring_size);
  std::vector<GpuBuffer> level, left;
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  for (std::size_t i = 0; i < 600; ++i)
    level.push_back(rig.buffer(200 * kKiB, kIntents[i % kIntents.size()]));
  for (const Intent intent : kIntents) left.push_back(rig.buffer(1000, intent));
  for (int i = 0; i < 60; ++i) EXPECT_TRUE(rig.gpu->staging().alloc(1000 * kKiB));
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  level.clear();
  std::deque<std::size_t> used;
  for (std::size_t frame = 0; frame < 400; ++frame) {
    ASSERT_TRUE(rig.gpu->begin_gpu_frame());
    EXPECT_TRUE(rig.gpu->staging().alloc(100 * kKiB));
    const GpuAllocStats stats = rig.gpu->stats();
    used.push_back(stats.allocated_bytes + stats.retired_bytes);
    if (used.size() > kWindow) used.pop_front();
    const std::size_t most = *std::max_element(used.begin(), used.end());
    if (frame > kWindow) {
      ASSERT_LE(stats.total_bytes, most + most / 2 + blocks) << frame;
    }
    ASSERT_TRUE(rig.gpu->end_gpu_frame());
  }
}

TEST(GpuMemoryBar, LittleInUseHoldsABlockOfEachType) { expect_little_held(0); }

TEST(GpuMemoryBar, LittleInUseHoldsABlockOfEachTypeAndOneThatIsKept) { expect_little_held(1); }

}  // namespace
}  // namespace framealloc::gpu::testing
