// SPDX-License-Identifier: MIT OR Apache-2.0
// Why a request was denied: the value that goes up with the null, and what the report makes of it.
#include <framealloc/framealloc.hpp>

#include "support/report_log.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <string>
#include <thread>

namespace framealloc {
namespace {

using namespace literals;
using testing::ReportLog;

// Has no block of 32 MiB at any time, and none of 4 MiB while it is dry.
class DrySource final : public MemorySource {
 public:
  void* allocate(std::size_t bytes, std::size_t alignment) noexcept override {
    if (bytes >= 32_MiB || (dry && bytes >= 4_MiB)) return nullptr;
    return system_.allocate(bytes, alignment);
  }
  void deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept override {
    system_.deallocate(address, bytes, alignment);
  }
  std::string_view name() const noexcept override { return "dry"; }
  std::atomic<bool> dry{false};

 private:
  SystemSource system_;
};

template <std::size_t kBytes>
struct Sized {
  Sized() noexcept {}
  Sized(Sized&&) noexcept {}
  std::byte bytes[kBytes];
};

class Promotions : public ::testing::Test {
 protected:
  static constexpr int kFrames = 300;

  static AllocConfig config(MemorySource& source) {
    AllocConfig config;
    config.enable_budgets = true;
    config.upstream = &source;
    config.on_report = [](const Report&, void*) {};
    return config;
  }
  // Runs `work` while another thread does `noise` all the time.
  template <class Noise, class Work>
  static void beside(Noise noise, Work work) {
    std::atomic<bool> stop{false};
    std::atomic<bool> started{false};
    std::thread other([&] {
      while (!stop) {
        noise();
        started = true;
      }
    });
    while (!started) std::this_thread::yield();
    work();
    stop = true;
    other.join();
  }

  DrySource source;
  SmartAlloc alloc{config(source)};
};

TEST_F(Promotions, ThatFailForADrySourceSaySoWhateverOtherThreadsAreDenied) {
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("noise", 0, 1));
  int out_of_memory = 0;
  beside(
      [&] {
        const TagScope tag = alloc.tag_scope("noise");
        EXPECT_EQ(alloc.pool_alloc<int>(), nullptr);
      },
      [&] {
        for (int i = 0; i < kFrames; ++i) {
          alloc.begin_frame();
          (void)alloc.frame_retained<Sized<8_MiB>>(RetentionPolicy::PromoteToHeap);
          source.dry = true;
          const PromotionResult result = alloc.end_frame_with_promotions();
          source.dry = false;
          ASSERT_EQ(result.promoted.size(), 1U);
          out_of_memory += result.promoted.begin()->reason() == PromotionFailure::OutOfMemory;
        }
      });
  EXPECT_EQ(out_of_memory, kFrames);
}

TEST_F(Promotions, ThatABudgetDeniesSaySoWhateverOtherThreadsLack) {
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("kept", 0, 192_KiB));
  int denied = 0;
  beside([&] { EXPECT_EQ(alloc.heap_alloc<std::byte>(64_MiB), nullptr); },
         [&] {
           const TagScope tag = alloc.tag_scope("kept");
           for (int i = 0; i < kFrames; ++i) {
             alloc.begin_frame();
             // The object in the frame takes more than half of the budget.
             (void)alloc.frame_retained<Sized<128_KiB>>(RetentionPolicy::PromoteToHeap);
             const PromotionResult result = alloc.end_frame_with_promotions();
             ASSERT_EQ(result.promoted.size(), 1U);
             denied += result.promoted.begin()->reason() == PromotionFailure::BudgetExceeded;
           }
         });
  EXPECT_EQ(denied, kFrames);
}

class DenialReports : public ::testing::Test {
 protected:
  DenialReports() { EXPECT_TRUE(alloc.add_sink(sink)); }
  static AllocConfig config() {
    AllocConfig config;
    config.enable_budgets = true;
    config.checked = true;
    config.on_report = [](const Report&, void*) {};
    return config;
  }
  CollectingSink sink;
  SmartAlloc alloc{config()};
};

TEST_F(DenialReports, OfATagNameTheLimitItsUseAndWhoHoldsMostUnderIt) {
  const auto holds = [&](std::string_view tag, std::size_t bytes) {
    return alloc.with_tag(tag, [&] { return alloc.heap_alloc<std::byte>(bytes); });
  };
  std::byte* const elsewhere = holds("audio", 4_MiB);
  std::byte* const most = holds("game::physics", 600_KiB);
  std::byte* const less = holds("game::ai", 200_KiB);
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("game", 0, 1_MiB));
  alloc.begin_frame();
  const auto expect_named = [&](auto&& request) {
    sink.clear();
    const TagScope tag = alloc.tag_scope("game::ai");
    request();
    ASSERT_EQ(sink.size(), 1U);
    const Diagnostic said = sink.diagnostics()[0];
    EXPECT_EQ(said.code, Code::FA311);
    EXPECT_EQ(said.tag, "game::ai");
    EXPECT_EQ(said.limit_tag, "game");
    EXPECT_EQ(said.holder, "game::physics");
    EXPECT_GE(said.holder_bytes, 600_KiB);
    EXPECT_NE(said.holder_detail.find("heap 600 KiB"), std::string::npos) << said.holder_detail;
    EXPECT_NE(said.holder_detail.find("by thread "), std::string::npos) << said.holder_detail;
    EXPECT_NE(said.message.find("'game' is 1 MiB"), std::string::npos) << said.message;
    EXPECT_NE(said.message.find("are in use"), std::string::npos) << said.message;
    EXPECT_LT(said.available, 1_MiB);
  };
  expect_named([&] { EXPECT_EQ(alloc.heap_alloc<std::byte>(2_MiB), nullptr); });
  expect_named([&] { EXPECT_EQ(alloc.frame_alloc<Sized<1_MiB>>(), nullptr); });
  expect_named([&] { EXPECT_EQ(alloc.pool_alloc<Sized<1_MiB>>(), nullptr); });
  expect_named([&] { EXPECT_EQ(alloc.scratch_pool("s").alloc<Sized<1_MiB>>(), nullptr); });
  expect_named([&] { EXPECT_FALSE(alloc.handles().alloc<Sized<1_MiB>>()); });
  expect_named([&] { EXPECT_FALSE(alloc.streaming().reserve(1_MiB)); });
  alloc.end_frame();
  for (std::byte* block : {elsewhere, most, less}) alloc.heap_free(block);
}

TEST_F(DenialReports, OfUntaggedMemoryNameNoTag) {
  ASSERT_TRUE(alloc.budgets()->register_tag_budget("", 0, 1_KiB));
  std::byte* const elsewhere =
      alloc.with_tag("audio", [&] { return alloc.heap_alloc<std::byte>(1_MiB); });
  EXPECT_EQ(alloc.heap_alloc<std::byte>(2_KiB), nullptr);
  const Diagnostic said = sink.diagnostics().at(0);
  EXPECT_EQ(said.code, Code::FA311);
  EXPECT_EQ(said.holder, "");
  EXPECT_NE(said.message.find("untagged memory"), std::string::npos) << said.message;
  alloc.heap_free(elsewhere);
}

TEST_F(DenialReports, OfABadFreeSayTheFaultItself) {
  alloc.begin_frame();
  int* const frame = alloc.frame_alloc<int>();
  std::byte* const large = alloc.frame_alloc_batch<std::byte>(16_MiB);
  int* const pool = alloc.pool_alloc<int>();
  const auto expect_said = [&](std::string_view what, auto&& fault) {
    sink.clear();
    fault();
    ASSERT_EQ(sink.size(), 1U);
    const Diagnostic said = sink.diagnostics()[0];
    EXPECT_EQ(said.message.find(what), 0U) << said.message;
  };
  expect_said("a frame pointer", [&] { alloc.pool_free(frame); });
  expect_said("a frame pointer", [&] { alloc.heap_free(frame); });
  expect_said("a frame pointer", [&] { alloc.pool_free(large + 9_MiB); });
  expect_said("a pool block freed as a heap block", [&] { alloc.heap_free(pool); });
  alloc.pool_free(pool);
  expect_said("double free of a block of 4 B, first freed at ", [&] { alloc.pool_free(pool); });
  int foreign = 0;
  expect_said("the address is not of a block", [&] { alloc.pool_free(&foreign); });
  std::thread([&] {
    expect_said("the address is not of a block", [&] { alloc.pool_free(&foreign); });
  }).join();
  alloc.end_frame();
}

TEST_F(DenialReports, OfAFramePointerOfAnotherThreadCallItOneToo) {
  alloc.begin_frame();
  int* const frame = alloc.frame_alloc<int>();
  std::thread([&] { alloc.pool_free(frame); }).join();
  ASSERT_EQ(sink.size(), 1U);
  EXPECT_EQ(sink.diagnostics()[0].message.find("a frame pointer"), 0U);
  alloc.end_frame();
}

}  // namespace
}  // namespace framealloc
