// SPDX-License-Identifier: MIT OR Apache-2.0
// All lifetimes together: budgets, figures, what is misuse of frame memory.
#include "gpu_rig.hpp"

#include <framealloc/gpu/frame_ring.hpp>
#include <framealloc/gpu/transfer_batch.hpp>

#include <random>

namespace framealloc::gpu::testing {
namespace {

// One step of a program that does everything at random. Staging buffers of a frame are let go in
// it.
class Chaos {
 public:
  Chaos(Rig& rig, std::uint32_t seed) : rig_(rig), random_(seed) {}

  void step(Code expected) {
    if (upto(15) == 0) turn_frame();
    if (upto(99) < 40 && !held_.empty()) {
      const std::size_t at = upto(held_.size() - 1);
      std::swap(held_[at], held_.back());
      held_.pop_back();
    } else if (open_ && upto(3) == 0) {
      const GpuSlice slice =
          rig_.gpu->frame_ring(upto(1) == 0 ? Intent::Staging : Intent::HostVisible)
              .alloc(1 + upto(100 * kKiB));
      if (slice)
        slice.data[slice.size - 1] = std::byte{1};
      else
        ++denied;
    } else {
      request(expected);
    }
    rig_.expect_sums();
  }
  void finish() {
    if (open_) turn_frame();
    held_.clear();
    staged_.clear();
    rig_.frames(5);  // memory of several frames is not over before
    ASSERT_TRUE(rig_.gpu->wait_idle());
    const GpuAllocStats stats = rig_.gpu->stats();
    EXPECT_EQ(stats.allocated_bytes, 0U);
    EXPECT_EQ(stats.retired_bytes, 0U);
    rig_.gpu->trim();
    EXPECT_EQ(rig_.gpu->stats().total_bytes, 0U);
    EXPECT_EQ(rig_.gpu->tag_bytes(""), 0U);
  }
  std::uint64_t denied = 0;

 private:
  std::size_t upto(std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most)(random_);
  }
  void turn_frame() {
    if (open_) {
      staged_.clear();
      ASSERT_TRUE(rig_.gpu->end_gpu_frame());
    } else {
      ASSERT_TRUE(rig_.gpu->begin_gpu_frame());
    }
    open_ = !open_;
  }
  void request(Code expected) {
    GpuAllocRequirements wanted(1 + upto(std::size_t{1} << upto(21)), static_cast<Intent>(upto(4)));
    wanted.alignment = std::size_t{1} << upto(12);
    if (open_ && upto(2) == 0)
      wanted.lifetime = upto(1) == 0 ? GpuLifetime::Frame
                                     : GpuLifetime::MultiFrame(1 + static_cast<unsigned>(upto(4)));
    else
      wanted.dedicated = upto(20) == 0;
    auto made = rig_.gpu->allocate(wanted);
    if (!made) {
      ++denied;
      ASSERT_EQ(made.error().code, expected) << made.error().message.view();
      return;
    }
    if (made->intent() != Intent::DeviceOnly) {
      const std::span<std::byte> bytes = made->map();
      ASSERT_EQ(bytes.size(), wanted.size);
      EXPECT_EQ(
          reinterpret_cast<std::uintptr_t>(bytes.data()) % std::min(wanted.alignment, 4 * kKiB),
          0U);
      bytes[0] = bytes[bytes.size() - 1] = std::byte{1};
      made->unmap();
    }
    const bool staged = made->intent() == Intent::Staging &&
                        made->lifetime().kind() != GpuLifetime::Kind::Persistent;
    (staged ? staged_ : held_).push_back(*std::move(made));
  }

  Rig& rig_;
  std::mt19937 random_;
  std::vector<GpuBuffer> held_, staged_;
  bool open_ = false;
};

TEST(GpuLifetimes, NeverExceedABudget) {
  for (std::uint32_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const HostBackendConfig kinds[] = {HostBackendConfig::discrete(), HostBackendConfig::mobile(),
                                       HostBackendConfig::integrated()};
    Rig rig(kinds[seed % 3], small_rings());
    rig.device.set_completion(seed % 2 == 0 ? HostCompletion::Manual : HostCompletion::Immediate);
    std::vector<std::size_t> limits;
    for (unsigned heap = 0; heap < rig.gpu->heap_count(); ++heap) {
      limits.push_back((2 + (seed * 7 + heap * 5) % 20) * kMiB);
      rig.gpu->set_heap_limit(heap, limits.back());
    }
    Chaos chaos(rig, seed);
    for (int i = 0; i < 3000 && !::testing::Test::HasFailure(); ++i) {
      chaos.step(Code::FA417);
      for (unsigned heap = 0; heap < rig.gpu->heap_count(); ++heap) {
        ASSERT_LE(rig.device.heap_peak_bytes(heap), limits[heap]);
        ASSERT_LE(rig.gpu->heap_budget(heap).reserved, rig.gpu->heap_budget(heap).budget);
      }
    }
    chaos.finish();
    EXPECT_GT(chaos.denied, 0U);
    EXPECT_EQ(rig.book.codes(), std::vector<Code>(chaos.denied, Code::FA417));
    if (::testing::Test::HasFailure()) return;
  }
}

TEST(GpuLifetimes, EveryDeviceFailureIsSurvived) {
  for (const bool sticky : {false, true}) {
    for (std::uint64_t n = 1; n <= 60; ++n) {
      SCOPED_TRACE("n " + std::to_string(n) + (sticky ? " and on" : ""));
      Rig rig(HostBackendConfig::discrete(), small_rings());
      rig.device.fail_memory_at(n, sticky);
      Chaos chaos(rig, static_cast<std::uint32_t>(n));
      for (int i = 0; i < 150 && !::testing::Test::HasFailure(); ++i) chaos.step(Code::FA416);
      chaos.finish();
      EXPECT_EQ(rig.book.codes(), std::vector<Code>(chaos.denied, Code::FA416));
      if (::testing::Test::HasFailure()) return;
    }
  }
}

TEST(GpuLifetimes, ForgottenUploadsAreNamed) {
  Rig rig;
  GpuBuffer target = rig.buffer(kMiB);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  const auto scope = rig.host.tag_scope("uploads");
  auto forgotten =
      rig.gpu->frame_alloc(GpuAllocRequirements(100, Intent::Staging).with_name("forgotten"));
  auto used = rig.gpu->frame_alloc({100, Intent::Staging});
  auto let_go = rig.gpu->frame_alloc({100, Intent::Staging});
  auto later = rig.gpu->frame_alloc({100, Intent::Staging, GpuLifetime::MultiFrame(2)});
  auto visible = rig.gpu->frame_alloc({100, Intent::HostVisible});
  ASSERT_TRUE(forgotten && used && let_go && later && visible);
  *let_go = GpuBuffer();
  TransferBatch batch = rig.gpu->begin_transfer();
  ASSERT_TRUE(batch.copy(*used, target));
  ASSERT_TRUE(batch.submit());
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  const std::vector<Told> told = rig.book.take_all();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].code, Code::FA411);
  EXPECT_EQ(told[0].tag, "uploads");
  EXPECT_EQ(told[0].frame, 1U);
  EXPECT_NE(told[0].message.find("'forgotten'"), std::string::npos);
  rig.frame();
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA411});  // the one of two frames
  rig.frames(3);
}

TEST(GpuLifetimes, FrameMemoryIsMappedInItsFramesOnly) {
  Rig rig;
  EXPECT_EQ(rig.gpu->frame_alloc({100, Intent::HostVisible}).error().code, Code::FA001);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA001});
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  GpuBuffer one = *rig.gpu->frame_alloc({100, Intent::HostVisible});
  GpuBuffer two = *rig.gpu->frame_alloc({100, Intent::HostVisible, GpuLifetime::MultiFrame(2)});
  EXPECT_EQ(one.lifetime(), GpuLifetime::Frame);
  EXPECT_EQ(two.lifetime(), GpuLifetime::MultiFrame(2));
  EXPECT_FALSE(one.map().empty());
  EXPECT_FALSE(two.map().empty());
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_TRUE(one.map().empty());
  EXPECT_FALSE(one.flush());
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(2, Code::FA415));
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  EXPECT_FALSE(two.map().empty());
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_TRUE(two.map().empty());
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA415});
}

TEST(GpuLifetimes, TheCpuIsToldWhenItGetsInTheWayOfACopy) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  GpuAllocRequirements cached(1000, Intent::HostCached);
  GpuBuffer from = *rig.gpu->allocate(cached);
  GpuBuffer to = *rig.gpu->allocate(cached);
  TransferBatch batch = rig.gpu->begin_transfer();
  ASSERT_TRUE(batch.copy(from, to));
  EXPECT_FALSE(from.map(MapMode::Write).empty());  // recorded is not on its way yet
  const Result<Ticket> ticket = batch.submit();
  ASSERT_TRUE(ticket);
  EXPECT_FALSE(from.map(MapMode::Read).empty());
  EXPECT_TRUE(rig.book.take_all().empty());
  EXPECT_FALSE(from.map(MapMode::Write).empty());  // reported, and still given
  EXPECT_FALSE(to.map(MapMode::Read).empty());
  EXPECT_FALSE(to.map(MapMode::ReadWrite).empty());
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(3, Code::FA413));
  ASSERT_TRUE(rig.gpu->wait(*ticket));
  EXPECT_FALSE(from.map(MapMode::ReadWrite).empty());
  EXPECT_FALSE(to.map(MapMode::ReadWrite).empty());
}

}  // namespace
}  // namespace framealloc::gpu::testing
