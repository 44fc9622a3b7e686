// SPDX-License-Identifier: MIT OR Apache-2.0
// For each N, the N-th request to the memory source fails: nothing crashes, leaks or is lost.
#include <gtest/gtest.h>

#include "pool/pool_rig.hpp"

#include <cstring>
#include <thread>

namespace framealloc::test {
namespace {

struct Held {
  void* block;
  std::size_t size;
  AllocKind kind;
  unsigned char mark;
};

// A little of everything: tags, kinds, sizes up to several chunks, another thread, resizing.
void use_everything(Rig& rig) {
  PoolThread& pool = rig.join().pool;
  std::vector<Held> held;
  const auto take = [&](PoolThread& thread, std::size_t size, AllocKind kind) {
    void* const block = thread.allocate(size, 16, kind, CallSite::current());
    if (block == nullptr) return;
    const auto mark = static_cast<unsigned char>(held.size());
    std::memset(block, mark, size);
    held.push_back({block, size, kind, mark});
  };
  const auto check_and_free = [&](PoolThread* thread, const Held& what) {
    const auto* const bytes = static_cast<const unsigned char*>(what.block);
    EXPECT_EQ(bytes[0], what.mark);
    EXPECT_EQ(bytes[what.size - 1], what.mark);
    PoolThread::free(rig.shared(), thread, what.block, what.kind, CallSite::current());
  };

  for (const std::string_view tag : {"", "a::b"}) {
    pool.select(rig.tag(tag));
    for (const std::size_t size : Sizes{16, 100, 8192, 20000, 60000, 200000, 700000}) {
      for (const AllocKind kind : {AllocKind::Pool, AllocKind::Heap}) {
        for (int i = 0; i < 2; ++i) take(pool, size, kind);
      }
    }
  }
  if (!held.empty()) (void)rig.heap().try_resize(&pool, held.back().block, held.back().size);
  std::thread([&] {
    PoolThread& other = rig.join().pool;
    for (int i = 0; i < 300; ++i) take(other, 64, AllocKind::Pool);
    for (std::size_t i = 0; i < held.size(); i += 2) check_and_free(&other, held[i]);
    other.detach();
  }).join();
  for (std::size_t i = 1; i < held.size(); i += 2) check_and_free(&pool, held[i]);
  (void)pool.collect(PoolThread::kEverything);
  (void)rig.shared().trim();
  pool.detach();
}

struct Outcome {
  std::uint64_t requests;
  std::uint64_t failures;
};

Outcome run(std::uint64_t fail_at, bool sticky, bool checked) {
  CountingSource counting(system_source());
  FailingSource failing(counting, fail_at, sticky);
  {
    RigOptions options;
    options.source = &failing;
    options.chunk_size = std::size_t{128} << 10;
    options.pool.page_size = kMinSlabPage;
    options.pool.checked = checked;
    Rig rig(options);
    use_everything(rig);
    EXPECT_EQ(rig.shared().totals().pool_bytes, 0U);
    EXPECT_EQ(rig.shared().totals().heap_bytes, 0U);
    EXPECT_EQ(rig.shared().totals().allocations, rig.shared().totals().frees);
    EXPECT_EQ(rig.shared().orphaned_slabs(), 0U);
    for (const KeptReport& report : rig.reports()) EXPECT_EQ(report.code, Code::FA012);
    // Every denied request is reported; one failure is mended by what the thread keeps, or not.
    if (sticky && failing.failures() > 0) {
      EXPECT_FALSE(rig.reports().empty());
    }
    // Nothing that slabs and spans held is still held.
    rig.chunks().trim();
    EXPECT_EQ(rig.limited_source().reserved(), counting.bytes_in_use());
  }
  EXPECT_EQ(counting.bytes_in_use(), 0U);
  EXPECT_EQ(counting.live_blocks(), 0U);
  return {failing.requests(), failing.failures()};
}

class FaultInjection : public testing::TestWithParam<bool> {};

TEST_P(FaultInjection, OneRequestFails) {
  const std::uint64_t requests = run(0, false, GetParam()).requests;
  ASSERT_GT(requests, 20U);
  for (std::uint64_t n = 1; n <= requests; ++n) {
    SCOPED_TRACE(n);
    EXPECT_EQ(run(n, false, GetParam()).failures, 1U);
    if (HasFailure()) return;
  }
}

TEST_P(FaultInjection, EveryRequestFailsFromOneOn) {
  const std::uint64_t requests = run(0, false, GetParam()).requests;
  for (std::uint64_t n = 1; n <= requests; ++n) {
    SCOPED_TRACE(n);
    EXPECT_GE(run(n, true, GetParam()).failures, 1U);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Pool, FaultInjection, testing::Values(false, true),
                         [](const auto& param) { return param.param ? "Verified" : "Plain"; });

}  // namespace
}  // namespace framealloc::test
