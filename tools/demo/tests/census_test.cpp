// SPDX-License-Identifier: MIT OR Apache-2.0
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>

#include "interposer.hpp"
#include "page_faults.hpp"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace fa_demo {
namespace {

// Keeps the compiler from removing an allocation that nobody reads.
void* volatile g_kept = nullptr;
void keep(void* block) { g_kept = block; }

TEST(CallCensus, CountsEveryKindOfAllocationAsOurs) {
  learn_callers();
  start_call_census();
  keep(std::malloc(100));
  std::free(g_kept);
  keep(std::calloc(10, 20));
  keep(std::realloc(g_kept, 300));
  std::free(g_kept);
  keep(::operator new(400));
  ::operator delete(g_kept);
  keep(::operator new(500, std::align_val_t{64}));
  ::operator delete(g_kept, std::align_val_t{64});
  keep(std::aligned_alloc(64, 640));
  std::free(g_kept);
  const CallCensus census = stop_call_census();
  const CallCounts& ours = census.of(Caller::Ours);
  if (can_count_calls()) {
    EXPECT_EQ(ours.allocations, 6U);
    EXPECT_EQ(ours.frees, 5U);
    EXPECT_EQ(ours.bytes, 100U + 200U + 300U + 400U + 500U + 640U);
  } else {
    EXPECT_EQ(census.total().allocations, 0U);
  }
}

TEST(CallCensus, CountsOtherThreadsAndStopsWhenTold) {
  learn_callers();
  start_call_census();
  std::thread([] {
    keep(std::malloc(77));
    std::free(g_kept);
  }).join();
  const CallCensus census = stop_call_census();
  keep(std::malloc(99));
  std::free(g_kept);
  EXPECT_EQ(stop_call_census().total().bytes, census.total().bytes);
  if (can_count_calls()) {
    EXPECT_GE(census.of(Caller::Ours).bytes, 77U);
  }
}

TEST(CallCensus, TellsTheStandardLibraryFromUs) {
  learn_callers();
  start_call_census();
  {
    // The message of an exception is allocated inside the library's own code.
    const std::runtime_error error("a text that is too long for any small string buffer there is");
    keep(const_cast<char*>(error.what()));
  }
  const CallCensus census = stop_call_census();
  if (can_count_calls()) {
    EXPECT_GE(census.of(Caller::StdLibrary).allocations + census.of(Caller::CLibrary).allocations,
              1U);
  }
}

TEST(CallCensus, CountsForAnotherOnlyInsideTheScope) {
  learn_callers();
  start_call_census();
  {
    const CountAs requester(Caller::Box2d);
    keep(std::malloc(50));
  }
  std::free(g_kept);
  const CallCensus census = stop_call_census();
  if (can_count_calls()) {
    EXPECT_EQ(census.of(Caller::Box2d).allocations, 1U);
    EXPECT_EQ(census.of(Caller::Ours).allocations, 0U);
    EXPECT_EQ(census.of(Caller::Ours).frees, 1U);
  }
}

#if defined(__linux__)
TEST(CallCensus, CountsMappings) {
  learn_callers();
  start_call_census();
  void* block = mmap(nullptr, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(block, MAP_FAILED);
  EXPECT_EQ(madvise(block, 8192, MADV_NORMAL), 0);
  EXPECT_EQ(munmap(block, 8192), 0);
  const CallCensus census = stop_call_census();
  if (can_count_calls()) {
    EXPECT_EQ(census.of(Caller::Ours).mappings, 3U);
  }
}

TEST(PageFaults, SeeEachPageThatIsTouchedFirst) {
  constexpr std::size_t kPages = 32;
  constexpr std::size_t kBytes = kPages * 4096;
  void* block = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(block, MAP_FAILED);
  madvise(block, kBytes, MADV_NOHUGEPAGE);
  const std::uint64_t thread_before = thread_page_faults();
  const std::uint64_t process_before = process_page_faults();
  for (std::size_t at = 0; at < kBytes; at += 4096) static_cast<volatile char*>(block)[at] = 1;
  constexpr std::uint64_t kLeast = kBytes / 65536;  // where pages are 64 KiB
  EXPECT_GE(thread_page_faults() - thread_before, kLeast);
  EXPECT_GE(process_page_faults() - process_before, kLeast);
  munmap(block, kBytes);
}
#endif

}  // namespace
}  // namespace fa_demo
