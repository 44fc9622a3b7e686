// SPDX-License-Identifier: MIT OR Apache-2.0
// Sections exclude each other, also where a thread sleeps in one, so that others wait longer than they spin.
#include "device/brief_lock.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

namespace framealloc::gpu::detail {
namespace {

TEST(BriefLock, LetsOneThreadInAtATime) {
  constexpr unsigned kThreads = 4, kSections = 2000;
  BriefLock lock;
  std::size_t sections = 0, inside = 0, together = 0;
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (unsigned section = 0; section < kSections; ++section) {
        const std::lock_guard<BriefLock> guard(lock);
        if (++inside != 1) ++together;
        if (i == 0 && section % 500 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
        ++sections;
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(together, 0U);
  EXPECT_EQ(sections, kThreads * kSections);
}

}  // namespace
}  // namespace framealloc::gpu::detail
