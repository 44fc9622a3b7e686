// SPDX-License-Identifier: MIT OR Apache-2.0
// Buffers that move, with their bytes.
#include "gpu_rig.hpp"

#include <cstring>
#include <map>

namespace framealloc::gpu::testing {
namespace {

struct Moves {
  std::map<std::uint64_t, std::uint64_t> handles;
  std::size_t bytes = 0;
  static void take(const GpuMove& move, void* context) {
    auto& moves = *static_cast<Moves*>(context);
    moves.handles[move.old_handle] = move.new_handle;
    moves.bytes += move.size;
  }
};

// Three blocks of 16 buffers; of the first and the last only `keep` are held, filled with their
// index.
struct Sparse : Rig {
  explicit Sparse(bool movable = true, std::size_t keep = 4) {
    std::vector<GpuBuffer> all;
    for (std::size_t i = 0; i < 48; ++i) {
      GpuAllocRequirements request(kMiB, Intent::DeviceOnly);
      request.movable = movable;
      auto made = gpu->allocate(request);
      EXPECT_TRUE(made);
      all.push_back(*std::move(made));
    }
    for (std::size_t i = 0; i < 48; ++i)
      if (i % 16 < keep && i / 16 != 1) held.push_back(std::move(all[i]));
    for (std::size_t i = 16; i < 32; ++i) held.push_back(std::move(all[i]));
    all.clear();
    EXPECT_TRUE(gpu->wait_idle());
    for (std::size_t i = 0; i < held.size(); ++i) values.push_back(static_cast<std::byte>(i + 1));
    for (std::size_t i = 0; i < held.size(); ++i) fill(i);
  }
  void fill(std::size_t index) {
    device.dispatch(
        held[index],
        [](std::span<std::byte> bytes, void* value) {
          std::memset(bytes.data(), static_cast<int>(*static_cast<std::byte*>(value)),
                      bytes.size());
        },
        &values[index]);
  }
  void expect_contents() {
    for (std::size_t i = 0; i < held.size(); ++i) {
      const std::vector<std::byte> seen = device.device_bytes(held[i]);
      ASSERT_EQ(seen.size(), kMiB);
      // All bytes are equal to the first one.
      ASSERT_EQ(seen[0], values[i]) << i;
      ASSERT_EQ(std::memcmp(seen.data(), seen.data() + 1, kMiB - 1), 0) << i;
    }
  }
  std::vector<GpuBuffer> held;
  std::vector<std::byte> values;
};

TEST(GpuDefragment, EmptiesABlockAndKeepsTheBytes) {
  Sparse rig;
  ASSERT_EQ(rig.gpu->stats().block_count, 3U);
  std::map<std::uint64_t, std::size_t> before;
  for (std::size_t i = 0; i < rig.held.size(); ++i) before[rig.held[i].raw_handle()] = i;
  Moves moves;
  const Result<std::size_t> moved = rig.gpu->defragment(100 * kMiB, &Moves::take, &moves);
  ASSERT_TRUE(moved);
  EXPECT_EQ(*moved, 4 * kMiB);
  EXPECT_EQ(moves.bytes, *moved);
  EXPECT_EQ(moves.handles.size(), 4U);
  for (const auto& [from, to] : moves.handles) EXPECT_EQ(rig.held[before[from]].raw_handle(), to);
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 4 * kMiB);
  EXPECT_EQ(rig.gpu->stats().persistent_bytes, 24 * kMiB);
  EXPECT_EQ(rig.gpu->stats().allocation_count, 24U);
  rig.expect_sums();
  rig.expect_contents();
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->trim(), 16 * kMiB);
  rig.expect_contents();
  EXPECT_EQ(*rig.gpu->defragment(100 * kMiB, nullptr), 0U);  // nothing to gain any more
}

TEST(GpuDefragment, MovesNoMoreThanIsAllowed) {
  Sparse rig;
  EXPECT_EQ(*rig.gpu->defragment(kMiB - 1, nullptr), 0U);
  EXPECT_EQ(*rig.gpu->defragment(3 * kMiB, nullptr), 3 * kMiB);
  EXPECT_EQ(*rig.gpu->defragment(3 * kMiB, nullptr), 1 * kMiB);
  rig.expect_contents();
}

TEST(GpuDefragment, LeavesWhatMayNotMove) {
  Sparse rig(false);
  EXPECT_EQ(*rig.gpu->defragment(100 * kMiB, nullptr), 0U);
}

TEST(GpuDefragment, TheOldPlaceIsUsedNoSoonerThanTheGpuAllows) {
  Sparse rig;
  rig.device.set_completion(HostCompletion::Manual);
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(rig.gpu->begin_gpu_frame());
    ASSERT_TRUE(rig.gpu->defragment(kMiB, nullptr));
    rig.held.pop_back();
    rig.held.push_back(rig.buffer(kMiB));
    rig.fill(rig.held.size() - 1);
    ASSERT_TRUE(rig.gpu->end_gpu_frame());
    rig.expect_sums();
  }
  ASSERT_TRUE(rig.gpu->wait_idle());
  rig.expect_contents();
}

TEST(GpuDefragment, AFailedSubmissionMovesNothing) {
  Sparse rig;
  rig.device.fail_submit_at(1);
  const Result<std::size_t> moved = rig.gpu->defragment(100 * kMiB, nullptr);
  ASSERT_FALSE(moved);
  EXPECT_EQ(moved.error().code, Code::FA419);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA419});
  rig.expect_contents();
  rig.expect_sums();
  EXPECT_EQ(rig.gpu->stats().retired_bytes, 0U);
  EXPECT_EQ(*rig.gpu->defragment(100 * kMiB, nullptr), 4 * kMiB);
  rig.expect_contents();
}

}  // namespace
}  // namespace framealloc::gpu::testing
