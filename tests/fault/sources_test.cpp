// SPDX-License-Identifier: MIT OR Apache-2.0
// Each source alone: nothing else is reached, not even malloc.
#include "fault/scene.hpp"
#include "support/malloc_counter.hpp"
#include "support/report_log.hpp"

#include <array>
#include <cstdlib>
#include <memory_resource>

namespace framealloc {
namespace {

using test::MallocsInScope;
using testing::ReportLog;
using testing::Scene;

TEST(Sources, NullGivesNothingAndNothingCrashes) {
  ReportLog log;
  NullSource null;
  SmartAlloc alloc(
      AllocConfig::minimal().with_upstream(&null).with_report_handler(&ReportLog::handler, &log));
  EXPECT_FALSE(alloc);
  EXPECT_EQ(log.count(Code::FA012), 1u);
  Scene(alloc).run();
  EXPECT_EQ(alloc.stats().reserved, 0u);
}

// Counts what it hands out of another resource, and may be bounded.
class CountingResource final : public std::pmr::memory_resource {
 public:
  explicit CountingResource(std::pmr::memory_resource* upstream) : upstream_(upstream) {}
  [[nodiscard]] std::size_t live() const { return live_; }
  [[nodiscard]] std::size_t requests() const { return requests_; }

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override {
    void* block = upstream_->allocate(bytes, alignment);
    ++live_;
    ++requests_;
    return block;
  }
  void do_deallocate(void* block, std::size_t bytes, std::size_t alignment) override {
    --live_;
    upstream_->deallocate(block, bytes, alignment);
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override {
    return this == &other;
  }
  std::pmr::memory_resource* upstream_;
  std::size_t live_ = 0, requests_ = 0;
};

TEST(Sources, APmrResourceAlone) {
  ReportLog log;
  CountingResource resource(std::pmr::new_delete_resource());
  {
    PmrSource source(&resource);
    SmartAlloc alloc(AllocConfig::minimal().with_upstream(&source).with_report_handler(
        &ReportLog::handler, &log));
    ASSERT_TRUE(alloc);
    Scene(alloc).run();
    EXPECT_GT(resource.requests(), 5u);
  }
  EXPECT_EQ(resource.live(), 0u);
  EXPECT_EQ(log.size(), 0u) << log.last().message;
}

TEST(Sources, AMonotonicBufferAlone) {
  // A fixed region, with nothing behind it: what does not fit is denied.
  ReportLog log;
  static std::array<std::byte, std::size_t{24} << 20> region;
  std::pmr::monotonic_buffer_resource buffer(region.data(), region.size(),
                                             std::pmr::null_memory_resource());
  CountingResource resource(&buffer);
  {
    PmrSource source(&resource);
    SmartAlloc alloc(AllocConfig::minimal().with_upstream(&source).with_report_handler(
        &ReportLog::handler, &log));
    ASSERT_TRUE(alloc);
    alloc.begin_frame();
    auto* inside = alloc.frame_alloc<std::byte[1000]>();
    ASSERT_NE(inside, nullptr);
    EXPECT_GE(&(*inside)[0], region.data());
    EXPECT_LT(&(*inside)[0], region.data() + region.size());
    std::size_t served = 0;
    while (alloc.frame_alloc<char[50000]>() != nullptr) served += 50000;
    EXPECT_GT(served, region.size() / 4);
    EXPECT_EQ(log.last().code, Code::FA012);
    alloc.end_frame();
    alloc.begin_frame();
    EXPECT_NE(alloc.frame_alloc<char[50000]>(), nullptr);
    alloc.end_frame();
  }
  EXPECT_EQ(resource.live(), 0u);
}

TEST(Sources, SystemAloneReachesNeitherMallocNorNew) {
  SystemSource system;
  CountingSource counting(system);
  const auto nothing = [](const Report&, void*) {};
  std::uint64_t mallocs = 0;
  {
    const MallocsInScope scope;
    SmartAlloc alloc(
        AllocConfig::minimal().with_budgets().with_upstream(&counting).with_report_handler(
            nothing));
    for (int frame = 0; frame < 5; ++frame) {
      alloc.begin_frame();
      const TagScope tag = alloc.tag_scope("a::b::c");
      for (int i = 0; i < 1000; ++i) (void)alloc.frame_alloc<char[3000]>();
      auto numbers = alloc.frame_vec<int>();
      for (int i = 0; i < 1000; ++i) (void)numbers.try_push(i);
      {
        const FrameScope inner = alloc.frame_scope();
        (void)alloc.frame_alloc<char[100000]>();
      }
      auto* pooled = alloc.pool_alloc<char[100]>();
      auto* large = alloc.heap_alloc<char>(1 << 20);
      auto* small = alloc.heap_alloc<char>(100);
      {
        const PhaseScope phase = alloc.phase_scope("phase");
      }
      (void)alloc.stats();
      (void)alloc.frame_stats();
      (void)alloc.frame_remaining();
      (void)alloc.frame_alloc_layout(SIZE_MAX, 16);  // reports as well
      alloc.pool_free(pooled);
      alloc.heap_free(large);
      alloc.heap_free(small);
      alloc.end_frame();
      alloc.begin_thread_frame();
      (void)alloc.frame_alloc<int>();
      alloc.end_thread_frame();
      alloc.end_frame();  // FA004
    }
    (void)alloc.trim();
    mallocs = scope.count();
  }
  EXPECT_EQ(mallocs, 0u);
  EXPECT_EQ(counting.live_blocks(), 0u);
}

TEST(Sources, AThreadsLifeReachesNeither) {
  const auto nothing = [](const Report&, void*) {};
  SmartAlloc alloc(AllocConfig::minimal().with_report_handler(nothing));
  alloc.begin_frame();
  std::uint64_t mallocs = 1;
  std::thread([&] {
    const MallocsInScope scope;
    (void)alloc.frame_alloc<int>();
    alloc.pool_free(alloc.pool_alloc<int>());
    alloc.heap_free(alloc.heap_alloc<int>(1000));
    const TagScope tag = alloc.tag_scope("t");
    (void)alloc.frame_alloc<int>();
    mallocs = scope.count();
  }).join();
  EXPECT_EQ(mallocs, 0u);
}

TEST(Sources, TheCounterItselfCounts) {
  const MallocsInScope scope;
  const std::string text(static_cast<std::size_t>(std::rand() % 10 + 100), 'x');
  const std::vector<int> numbers(text.size());
  EXPECT_EQ(numbers.size(), text.size());
  EXPECT_GE(scope.count(), 2u);
}

}  // namespace
}  // namespace framealloc
