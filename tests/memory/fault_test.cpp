// SPDX-License-Identifier: MIT OR Apache-2.0
// Every request to the source fails once: nothing is lost, nothing crashes, and the books agree.
#include <framealloc/detail/memory/chunk_pool.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/literals.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace framealloc::detail {
namespace {

using namespace literals;

// Uses the whole layer, tolerates every denial, and touches whatever it was given.
void use_everything(LimitedSource& limited_source) {
  ChunkPool pool(limited_source, 16_KiB);
  MetadataAllocator metadata(limited_source);
  MetaVector<std::uint64_t> numbers(metadata);
  std::vector<void*> chunks;
  for (std::uint64_t i = 0; i < 20; ++i) {
    if (void* const chunk = pool.acquire()) {
      std::memset(chunk, 1, 16_KiB);
      chunks.push_back(chunk);
    }
    std::size_t size = 0;
    if (void* const run = pool.acquire_run(20_KiB * (1 + i % 3), &size)) {
      std::memset(run, 2, size);
      pool.release_run(run, size);
    }
    for (std::uint64_t k = 0; k < 500; ++k) (void)numbers.push_back(i);
    if (void* const block = metadata.allocate(3000 * (1 + i))) {
      std::memset(block, 3, 3000 * (1 + i));
      if (i % 2 == 0) metadata.deallocate(block, 3000 * (1 + i));
    }
    if (i % 4 == 3) {
      for (void* const chunk : chunks) pool.release(chunk);
      chunks.clear();
      pool.tick();
    }
  }
  for (std::size_t i = 1; i < numbers.size(); ++i) ASSERT_LE(numbers[i - 1], numbers[i]);
}

void fail_each_request(bool sticky) {
  std::uint64_t n = 1;
  for (; n < 1000; ++n) {
    SystemSource system;
    CountingSource counting(system);
    FailingSource failing(counting, n, sticky);
    LimitedSource limited_source(failing, 0);
    use_everything(limited_source);
    EXPECT_EQ(counting.live_blocks(), 0u) << "request " << n;
    EXPECT_EQ(counting.bytes_in_use(), 0u) << "request " << n;
    EXPECT_EQ(limited_source.reserved(), 0u) << "request " << n;
    EXPECT_EQ(limited_source.peak_reserved(), counting.peak_bytes()) << "request " << n;
    if (failing.failures() == 0) break;
  }
  EXPECT_GT(n, 20u) << "the scene makes too few requests to be a test";
  EXPECT_LT(n, 1000u);
}

TEST(MemoryFaults, EachRequestFailsOnce) { fail_each_request(false); }
TEST(MemoryFaults, TheSourceRunsDryAtEachRequest) { fail_each_request(true); }

}  // namespace
}  // namespace framealloc::detail
