// SPDX-License-Identifier: MIT OR Apache-2.0
#include "buffer_origins.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <random>
#include <vector>

namespace framealloc::gpu::vulkan_detail {
namespace {

TEST(BufferOrigins, KnowsNothingOfWhatItWasNotTold) {
  BufferOrigins origins;
  EXPECT_FALSE(origins.from_cpu(64));
  EXPECT_FALSE(origins.fresh(64));
  origins.set_used(64);
  origins.remove(64);
  EXPECT_FALSE(origins.from_cpu(64));
}

TEST(BufferOrigins, IsFreshUntilAFrameEndsOrTheQueueUsesIt) {
  BufferOrigins origins;
  origins.add(64, true);
  origins.add(128, false);
  EXPECT_TRUE(origins.fresh(64));
  EXPECT_FALSE(origins.from_cpu(128));
  origins.set_used(128);
  EXPECT_FALSE(origins.fresh(128));
  EXPECT_TRUE(origins.from_cpu(64));
  origins.end_frame();
  EXPECT_FALSE(origins.fresh(64));
  EXPECT_TRUE(origins.from_cpu(64));
  origins.remove(64);
  origins.add(64, false);  // the driver gives the handle again
  EXPECT_TRUE(origins.fresh(64));
  EXPECT_FALSE(origins.from_cpu(64));
}

// Against a map: handles as a driver gives them, most of them removed again, so that holes close.
TEST(BufferOrigins, AnswersAsAMapWould) {
  constexpr unsigned kSeed = 12;
  RecordProperty("seed", static_cast<int>(kSeed));
  std::mt19937_64 random(kSeed);
  BufferOrigins origins;
  std::map<std::uint64_t, bool> model;  // whether from the CPU
  std::vector<std::uint64_t> handles;
  for (unsigned step = 0; step < 40'000; ++step) {
    const bool add = handles.empty() || (step < 20'000 ? random() % 8 < 5 : random() % 8 < 3);
    if (add) {
      const std::uint64_t handle = 0x7F00'0000'0000 + (random() % 20'000) * 64;
      if (model.contains(handle)) continue;
      const bool from_cpu = random() % 2 == 0;
      origins.add(handle, from_cpu);
      model[handle] = from_cpu;
      handles.push_back(handle);
    } else {
      const std::size_t at = random() % handles.size();
      origins.remove(handles[at]);
      model.erase(handles[at]);
      handles[at] = handles.back();
      handles.pop_back();
    }
    if (step % 4'000 != 3'999) continue;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
      const std::uint64_t handle = 0x7F00'0000'0000 + i * 64;
      const auto known = model.find(handle);
      ASSERT_EQ(origins.fresh(handle), known != model.end()) << handle << " in step " << step;
      ASSERT_EQ(origins.from_cpu(handle), known != model.end() && known->second) << handle;
    }
  }
}

}  // namespace
}  // namespace framealloc::gpu::vulkan_detail
