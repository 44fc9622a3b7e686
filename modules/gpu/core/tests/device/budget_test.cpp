// SPDX-License-Identifier: MIT OR Apache-2.0
// Budgets: never exceeded, named when they deny, relieved before.
#include "gpu_rig.hpp"

#include <map>
#include <random>

namespace framealloc::gpu::testing {
namespace {

// Random requests over all intents, dedicated or not, with frames in between, under limits.
TEST(GpuBudget, IsNeverExceeded) {
  for (std::uint32_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rig rig;
    std::mt19937 random(seed);
    const auto upto = [&](std::size_t most) {
      return std::uniform_int_distribution<std::size_t>(0, most)(random);
    };
    const std::size_t limits[] = {(8 + upto(40)) * kMiB, (4 + upto(40)) * kMiB,
                                  (1 + upto(8)) * kMiB};
    for (unsigned heap = 0; heap < 3; ++heap) rig.gpu->set_heap_limit(heap, limits[heap]);
    rig.device.set_completion(seed % 2 == 0 ? HostCompletion::Manual : HostCompletion::Immediate);
    std::vector<GpuBuffer> held;
    std::uint64_t denied = 0;
    bool open = false;
    for (int step = 0; step < 3000; ++step) {
      if (upto(20) == 0) {
        if (open) {
          ASSERT_TRUE(rig.gpu->end_gpu_frame());
        } else {
          ASSERT_TRUE(rig.gpu->begin_gpu_frame());
        }
        open = !open;
      }
      if (upto(99) < 45 && !held.empty()) {
        const std::size_t at = upto(held.size() - 1);
        std::swap(held[at], held.back());
        held.pop_back();
      } else {
        GpuAllocRequirements request(1 + upto(std::size_t{1} << upto(22)),
                                     static_cast<Intent>(upto(4)));
        request.alignment = std::size_t{1} << upto(12);
        request.dedicated = upto(30) == 0;
        auto made = rig.gpu->allocate(request);
        if (made) {
          held.push_back(*std::move(made));
        } else {
          ASSERT_EQ(made.error().code, Code::FA417) << made.error().message.view();
          ++denied;
        }
      }
      for (unsigned heap = 0; heap < 3; ++heap) {
        const GpuHeapBudget budget = rig.gpu->heap_budget(heap);
        ASSERT_LE(budget.reserved, budget.budget);
        ASSERT_LE(rig.device.heap_peak_bytes(heap), limits[heap]);
      }
      rig.expect_sums();
      if (::testing::Test::HasFailure()) return;
    }
    if (open) {
      ASSERT_TRUE(rig.gpu->end_gpu_frame());
    }
    EXPECT_GT(denied, 0U);
    EXPECT_EQ(rig.gpu->stats().failed_allocations, denied);
    EXPECT_EQ(rig.book.codes(), std::vector<Code>(denied, Code::FA417));
    held.clear();
    ASSERT_TRUE(rig.gpu->wait_idle());
    EXPECT_EQ(rig.gpu->stats().allocated_bytes, 0U);
    rig.gpu->trim();
    EXPECT_EQ(rig.gpu->stats().total_bytes, 0U);
  }
}

TEST(GpuBudget, EveryDeviceFailureIsSurvived) {
  for (const bool sticky : {false, true}) {
    for (std::uint64_t n = 1; n <= 60; ++n) {
      SCOPED_TRACE("n " + std::to_string(n) + (sticky ? " and on" : ""));
      Rig rig;
      rig.device.fail_memory_at(n, sticky);
      std::vector<GpuBuffer> held;
      std::uint64_t denied = 0;
      for (int i = 0; i < 120; ++i) {
        auto made = rig.gpu->allocate(
            {(i % 3 == 0 ? 9 : 1) * kMiB / 2, i % 2 == 0 ? Intent::DeviceOnly : Intent::Staging});
        if (made) {
          held.push_back(*std::move(made));
        } else {
          EXPECT_EQ(made.error().code, Code::FA416) << made.error().message.view();
          ++denied;
        }
        rig.expect_sums();
      }
      if (!sticky) {
        EXPECT_EQ(denied, 0U);  // a smaller block, or a block after all
      }
      EXPECT_EQ(rig.book.codes(), std::vector<Code>(denied, Code::FA416));
      rig.device.fail_memory_at(0);
    }
  }
}

TEST(GpuBudget, NamesHeapUseAndWhoHoldsMost) {
  Rig rig;
  rig.gpu->set_heap_limit(0, 4 * kMiB);
  rig.gpu->set_heap_limit(2, 1);
  std::vector<GpuBuffer> held;
  {
    const auto scope = rig.host.tag_scope("meshes");
    for (int i = 0; i < 3; ++i) held.push_back(rig.buffer(kMiB));
  }
  const auto scope = rig.host.tag_scope("textures");
  auto made =
      rig.gpu->allocate(GpuAllocRequirements(2 * kMiB, Intent::DeviceOnly).with_name("sky"));
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, GpuAllocError::BudgetExceeded);
  const std::vector<Told> told = rig.book.take_all();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].code, Code::FA417);
  EXPECT_EQ(told[0].tag, "textures");
  EXPECT_EQ(told[0].holder, "meshes");
  EXPECT_EQ(told[0].requested, 2 * kMiB);
  EXPECT_NE(told[0].message.find("'sky'"), std::string::npos) << told[0].message;
  EXPECT_NE(told[0].message.find("heap 2"), std::string::npos) << told[0].message;
  EXPECT_NE(told[0].message.find("'meshes'"), std::string::npos) << told[0].message;
  EXPECT_EQ(rig.gpu->heap_budget(2).denials, 1U);
}

TEST(GpuBudget, TheSystemsFigureCounts) {
  Rig rig;
  rig.device.set_budget(0, 32 * kMiB);
  rig.device.set_external_usage(0, 20 * kMiB);
  rig.gpu->set_heap_limit(2, 1);
  EXPECT_EQ(rig.gpu->heap_budget(0).budget, 256 * kMiB);  // asked for once a frame
  rig.frame();
  const GpuHeapBudget budget = rig.gpu->heap_budget(0);
  EXPECT_TRUE(budget.measured);
  EXPECT_EQ(budget.budget, 12 * kMiB);
  EXPECT_EQ(budget.external, 20 * kMiB);
  EXPECT_EQ(rig.gpu->available_memory(), 12 * kMiB);
  std::vector<GpuBuffer> held;
  for (int i = 0; i < 12; ++i) held.push_back(rig.buffer(kMiB));
  EXPECT_FALSE(rig.gpu->allocate({kMiB, Intent::DeviceOnly}));
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
  rig.frame();  // what is ours is not external
  EXPECT_EQ(rig.gpu->heap_budget(0).budget, 12 * kMiB);
}

TEST(GpuBudget, WithoutTheSystemsFigureFourFifthsAreTaken) {
  HostBackendConfig config = HostBackendConfig::integrated();
  config.reports_budget = false;
  Rig rig(config);
  EXPECT_FALSE(rig.gpu->heap_budget(0).measured);
  EXPECT_NEAR(static_cast<double>(rig.gpu->heap_budget(0).budget), 0.8 * 512 * kMiB, 8.0);
  rig.gpu->set_heap_limit(0, 100 * kMiB);
  EXPECT_EQ(rig.gpu->heap_budget(0).budget, 100 * kMiB);
  EXPECT_EQ(rig.gpu->heap_budget(0).limit, 100 * kMiB);
  EXPECT_EQ(rig.gpu->heap_budget(7).size, 0U);
}

TEST(GpuBudget, TagsAreLimitedWithWhatIsBelowThem) {
  Rig rig;
  rig.gpu->set_tag_limit("game", 3 * kMiB);
  std::vector<GpuBuffer> held;
  const auto game = rig.host.tag_scope("game");
  held.push_back(rig.buffer(kMiB));
  {
    const auto world = rig.host.tag_scope("world");
    held.push_back(rig.buffer(kMiB));
    EXPECT_EQ(rig.gpu->tag_bytes("game::world"), kMiB);
  }
  EXPECT_EQ(rig.gpu->tag_bytes("game"), 2 * kMiB);
  EXPECT_EQ(rig.gpu->tag_bytes("nobody"), 0U);
  auto denied = rig.gpu->allocate({kMiB + 1, Intent::DeviceOnly});
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().code, Code::FA417);
  EXPECT_NE(denied.error().message.view().find("'game'"), std::string_view::npos);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
  held.pop_back();  // handed out no more, though the GPU may use it still
  EXPECT_EQ(rig.gpu->tag_bytes("game"), kMiB);
  held.push_back(rig.buffer(kMiB + 1));
  rig.gpu->set_tag_limit("game", 0);
  held.push_back(rig.buffer(10 * kMiB));
}

TEST(GpuBudget, EvictsByPriorityThenByUse) {
  Rig rig;
  rig.gpu->set_heap_limit(0, 4 * kMiB);
  rig.gpu->set_heap_limit(2, 1);
  struct Cache {
    std::map<void*, GpuBuffer> buffers;
    std::vector<std::size_t> asked;
    std::size_t spared = 99;
  } cache;
  std::array<int, 4> keys{};
  const auto index = [&](const void* key) {
    return static_cast<std::size_t>(static_cast<const int*>(key) - keys.data());
  };
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  for (std::size_t i = 0; i < 4; ++i) {
    auto made = rig.gpu->allocate(GpuAllocRequirements(kMiB, Intent::DeviceOnly)
                                      .with_evictable()
                                      .with_priority(i == 3 ? 0.1F : 0.5F)
                                      .with_user_data(&keys[i]));
    ASSERT_TRUE(made);
    cache.buffers[&keys[i]] = *std::move(made);
  }
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  rig.frame();
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  cache.buffers[&keys[0]].touch();
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  rig.frames(2);
  static Cache* at = nullptr;
  at = &cache;
  static std::array<int, 4>* at_keys = nullptr;
  at_keys = &keys;
  rig.gpu->on_evict([](const GpuEviction& victim, void*) {
    const auto key =
        static_cast<std::size_t>(static_cast<const int*>(victim.user_data) - at_keys->data());
    at->asked.push_back(key);
    EXPECT_EQ(victim.size, kMiB);
    EXPECT_EQ(victim.raw_handle, at->buffers[victim.user_data].raw_handle());
    if (key == at->spared) return false;
    at->buffers.erase(victim.user_data);
    return true;
  });
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  {
    const GpuBuffer first = rig.buffer(kMiB);
    EXPECT_EQ(cache.asked, std::vector<std::size_t>{3});  // the lowest priority
    cache.asked.clear();
    cache.spared = 1;
    const GpuBuffer second = rig.buffer(kMiB);
    EXPECT_EQ(cache.asked.size(), cache.asked.back() == 2 && cache.asked.front() == 1 ? 2U : 1U);
    EXPECT_EQ(cache.asked.back(), 2U);  // 0 was touched later
    EXPECT_EQ(index(cache.buffers.begin()->first), 0U);
    cache.buffers[&keys[0]].touch();
    cache.buffers[&keys[1]].touch();
    cache.asked.clear();
    EXPECT_FALSE(rig.gpu->allocate({kMiB, Intent::DeviceOnly}));  // nothing is idle in this frame
    EXPECT_TRUE(cache.asked.empty());
    EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
  }
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

TEST(GpuBudget, TheCountOfAllocationsIsRespected) {
  HostBackendConfig config = HostBackendConfig::integrated();
  config.max_allocation_count = 5;
  Rig rig(config);
  std::vector<GpuBuffer> held;
  std::uint64_t denied = 0;
  for (int i = 0; i < 10; ++i) {
    auto made = rig.gpu->allocate(GpuAllocRequirements(4096, Intent::DeviceOnly).with_dedicated());
    if (made)
      held.push_back(*std::move(made));
    else
      ++denied;
  }
  EXPECT_EQ(held.size(), 5U);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(denied, Code::FA416));
}

class CountingGuard final : public ReservationGuard {
 public:
  bool charge(std::size_t bytes) noexcept override {
    if (held + bytes > most) return false;
    held += bytes;
    return true;
  }
  void release(std::size_t bytes) noexcept override { held -= bytes; }
  std::size_t held = 0, most = 20 * kMiB;
};

TEST(GpuBudget, AGuardFromOutsideDeniesToo) {
  CountingGuard guard;
  Rig rig;
  std::vector<GpuBuffer> held;
  held.push_back(rig.buffer(kMiB));
  ASSERT_TRUE(rig.gpu->set_reservation_guard(&guard));
  EXPECT_EQ(guard.held, 16 * kMiB);
  held.push_back(rig.buffer(16 * kMiB - 2 * kMiB));  // in the block that there is
  EXPECT_EQ(guard.held, 16 * kMiB);
  auto denied = rig.gpu->allocate({8 * kMiB, Intent::Staging});
  ASSERT_FALSE(denied);
  EXPECT_EQ(denied.error().code, Code::FA417);
  EXPECT_NE(denied.error().message.view().find("CPU and GPU"), std::string_view::npos);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA417});
  held.clear();
  ASSERT_TRUE(rig.gpu->wait_idle());
  rig.gpu->trim();
  EXPECT_EQ(guard.held, 0U);
  guard.most = 0;
  EXPECT_TRUE(rig.gpu->set_reservation_guard(nullptr));
}

}  // namespace
}  // namespace framealloc::gpu::testing
