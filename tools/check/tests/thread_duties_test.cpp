// SPDX-License-Identifier: MIT OR Apache-2.0
// Work on other threads: arenas, barriers of frames, budgets, deferred frees.
#include "tests/analysis.hpp"

namespace fa_check {
namespace {

const std::string kStart = R"(#include <framealloc/framealloc.hpp>
#include <framealloc/annotations.hpp>
#include <algorithm>
#include <barrier>
#include <condition_variable>
#include <functional>
#include <future>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <thread>
#include <vector>
namespace fa = framealloc;
)";

TEST(Threads, ArenasBelongToOneThread) {
  expect_findings(kStart + R"(
void fill(fa::FrameArena& arena) { *arena.alloc<int>() = 1; }
void given(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::jthread worker(fill, std::ref(alloc.frame_arena()));  // FA201
}
void captured(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::FrameArena& arena = alloc.frame_arena();
  std::jthread worker([&arena] { fill(arena); });  // FA201
}
void its_own(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  std::jthread worker([&alloc] { fill(alloc.frame_arena()); });
}
void vector_joined(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::FrameVec<int> found = alloc.frame_vec<int>();
  std::thread worker([&found] { found.push_back(1); });  // FA201
  worker.join();
}
void vector_read(fa::SmartAlloc& alloc, int& seen) {
  const auto frame = alloc.scoped_frame();
  fa::FrameVec<int> found = alloc.frame_vec<int>();
  found.push_back(1);
  std::thread worker([&found, &seen] { seen = found[0]; });
  worker.join();
}
namespace jobs {
void parallel_for(std::size_t count, FRAMEALLOC_JOINED std::function<void(std::size_t)> body);
}
void joined(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::FrameVec<int> found = alloc.frame_vec<int>();
  jobs::parallel_for(4, [&found](std::size_t) { found.push_back(1); });  // FA201
}
)");
}

TEST(Threads, BarriersBudgetsAndDeferredFrees) {
  expect_findings(kStart + R"(
fa::FrameBarrier g_barrier(2);
void takes_part(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::thread worker([&] { *alloc.frame_alloc<int>() = 1; g_barrier.signal_frame_complete(); });
  g_barrier.arrive_and_wait();
  alloc.end_frame();
  worker.join();
}
void stays_out(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::thread worker([&] { *alloc.frame_alloc<int>() = 1; });  // FA202
  g_barrier.arrive_and_wait();
  alloc.end_frame();
  worker.join();
}
void joined_first(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::thread worker([&] { *alloc.frame_alloc<int>() = 1; });
  worker.join();
  g_barrier.arrive_and_wait();
  alloc.end_frame();
}
void frames_of_its_own(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  std::thread worker([&] { const auto mine = alloc.scoped_frame(); *alloc.frame_alloc<int>() = 1; });
  g_barrier.arrive_and_wait();
  alloc.end_frame();
  worker.join();
}
)");
  expect_findings(kStart + R"(
void careful(fa::SmartAlloc& alloc) { alloc.set_thread_pool_budget(4096); }
void run(fa::SmartAlloc& alloc) {
  std::jthread first([&] { careful(alloc); alloc.pool_free(alloc.pool_alloc<int>()); });
  std::jthread second([&] { alloc.pool_free(alloc.pool_alloc<int>()); });  // FA203
  std::jthread third([] {});
  alloc.configure_deferred(fa::DeferredConfig::explicit_only().with_capacity(8));  // FA204
  const auto frame = alloc.scoped_frame();
}
)");
  expect_findings(kStart + R"(
void run(fa::SmartAlloc& alloc) {
  std::jthread second([&] { alloc.pool_free(alloc.pool_alloc<int>()); });
  fa::DeferredConfig config = fa::DeferredConfig::explicit_only();
  config.with_mode(fa::DeferredProcessing::Incremental);
  alloc.configure_deferred(config);
  const auto frame = alloc.scoped_frame();
}
)");
}

}  // namespace
}  // namespace fa_check
