// SPDX-License-Identifier: MIT OR Apache-2.0
// The memory layer takes what it needs from its source and never from the C library's allocator.
#include "support/malloc_counter.hpp"

#include <framealloc/detail/base/report_sink.hpp>
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/os/clock.hpp>
#include <framealloc/detail/os/thread.hpp>
#include <framealloc/literals.hpp>
#include <framealloc/report.hpp>
#include "os/virtual_memory.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <thread>

namespace framealloc {
namespace {

using namespace literals;
using test::MallocsInScope;

TEST(NoMalloc, TheCounterCounts) {
  const MallocsInScope mallocs;
  void* volatile block = std::malloc(100);
  std::free(block);
  int* volatile number = new int(1);
  delete number;
  EXPECT_EQ(mallocs.count(), 2u);
}

TEST(NoMalloc, Os) {
  const MallocsInScope mallocs;
  void* const pages = os::map(4_MiB, 2_MiB);
  (void)os::huge_page_size();
  (void)os::advise_huge(pages, 4_MiB);
  (void)os::discard(pages, 4_MiB);
  os::unmap(pages, 4_MiB);
  (void)os::now_ns();
  (void)os::current_thread_id();
  EXPECT_EQ(mallocs.count(), 0u);
  EXPECT_NE(pages, nullptr);
}

TEST(NoMalloc, ThreadExitHooks) {
  std::uint64_t count = 99;
  bool registered = false;
  std::jthread([&] {
    const MallocsInScope mallocs;
    registered = os::at_thread_exit([](void*) {}, nullptr);
    count = mallocs.count();
  }).join();
  EXPECT_TRUE(registered);
  EXPECT_EQ(count, 0u);
}

TEST(NoMalloc, SupplyChunksAndMetadata) {
  const MallocsInScope mallocs;
  {
    SystemSource source;
    detail::LimitedSource limited_source(source, 64_MiB);
    detail::ChunkPool pool(limited_source, 64_KiB);
    detail::MetadataAllocator metadata(limited_source);
    detail::MetaVector<int> numbers(metadata);
    for (int i = 0; i < 20'000; ++i) {
      if (!numbers.push_back(i)) std::abort();
    }
    for (int round = 0; round < 10; ++round) {
      void* chunks[20];
      for (void*& chunk : chunks) chunk = pool.acquire();
      std::size_t size = 0;
      void* const run = pool.acquire_run(1_MiB + 1, &size);
      for (void* const chunk : chunks) pool.release(chunk);
      pool.release_run(run, size);
      pool.tick();
    }
    metadata.deallocate(metadata.allocate(100), 100);
  }
  EXPECT_EQ(mallocs.count(), 0u);
}

TEST(NoMalloc, Reports) {
  detail::ReportSink sink;
  int calls = 0;
  sink.set([](const Report&, void* context) { ++*static_cast<int*>(context); }, &calls);
  const MallocsInScope mallocs;
  Text<64> message("denied: ");
  message.append_bytes(12345);
  Report report;
  report.code = Code::FA003;
  report.message = message;
  sink.report(report);
  EXPECT_EQ(mallocs.count(), 0u);
  EXPECT_EQ(calls, 1);

  ::testing::internal::CaptureStderr();
  sink.set(nullptr, nullptr);
  const MallocsInScope printing;
  sink.report(report);
  EXPECT_EQ(printing.count(), 0u);
  EXPECT_NE(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace framealloc
