// SPDX-License-Identifier: MIT OR Apache-2.0
#include "memory.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <memory_resource>
#include <mutex>
#include <thread>
#include <vector>

#include <framealloc/smart_alloc.hpp>
#include <framealloc/stats.hpp>

#include "../harness/quiet_slice.hpp"
#include "../harness/touch.hpp"

namespace bench {
namespace {

using framealloc::AllocConfig;
using framealloc::SmartAlloc;

constexpr double kMiB = 1024.0 * 1024.0;

double resident_mib() {
  std::ifstream in("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  in >> total >> resident;
  return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE)) / kMiB;
}

double page_faults() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_minflt + usage.ru_majflt);
}

void handoff_growth(const Row& row, Results& results) {
  const auto state = row.make();
  const std::size_t rounds = 2'000'000 / row.ops;
  state->run(rounds);
  const double before = resident_mib();
  state->run(rounds);
  results.add_value("W4/RSS growth", row.peer, resident_mib() - before);
}

void cold_faults(const Row& row, Results& results) {
  const auto state = row.make();
  state->run(1);
  const double before = page_faults();
  state->run(4);
  const double faults = (page_faults() - before) / static_cast<double>(4 * row.ops);
  results.add_value("W9/faults " + row.workload.substr(3), row.peer, faults);
}

// What the process holds of 16 large blocks that come and go in random sizes. The same numbers, so
// the same blocks live, for every peer.
void large_resident(const Row& row, Results& results) {
  const double before = resident_mib();
  const auto state = row.make();
  double most = 0;
  for (int i = 0; i < 20; ++i) {
    state->run(1);
    most = std::max(most, resident_mib() - before);
  }
  results.add_value("large/RSS", row.peer, most);
}

// The vectors of W6, filled once; what the frame holds over what the ints need. `make()` returns an
// empty vector.
template <class Make>
double vector_bytes(SmartAlloc& allocator, Make make) {
  constexpr std::size_t kVectors = 20;
  constexpr std::size_t kInts = 1000;
  const framealloc::ScopedFrame frame = allocator.scoped_frame();
  std::vector<decltype(make())> vectors;
  vectors.reserve(kVectors);
  for (std::size_t v = 0; v < kVectors; ++v) {
    vectors.push_back(make());
    for (std::size_t i = 0; i < kInts; ++i) vectors.back().push_back(static_cast<int>(i));
  }
  return static_cast<double>(allocator.frame_arena().position()) /
         static_cast<double>(kVectors * kInts * sizeof(int));
}

void vector_bytes(Results& results) {
  SmartAlloc allocator;
  results.add_value("W6/bytes used", "framealloc-framevec",
                    vector_bytes(allocator, [&] { return allocator.frame_vec<int>(); }));
  results.add_value("W6/bytes used", "framealloc-resource", vector_bytes(allocator, [&] {
                      return std::pmr::vector<int>(allocator.frame_resource());
                    }));
}

void frame_of(SmartAlloc& allocator, std::size_t bytes) {
  allocator.begin_frame();
  framealloc::FrameArena& arena = allocator.frame_arena();
  for (std::size_t done = 0; done < bytes; done += sizeof(Block<1024>)) {
    Block<1024>* block = arena.alloc<Block<1024>>();
    block->words[0] = done;
    escape(block);
  }
  allocator.end_frame();
}

// One frame of 64 MiB, then frames of 24 MiB: the surplus must go back.
void reserved_after_peak(Results& results) {
  constexpr std::size_t kLarge = std::size_t{64} << 20;
  constexpr std::size_t kUsual = std::size_t{24} << 20;
  SmartAlloc allocator;
  frame_of(allocator, kLarge);
  for (int i = 0; i < 60; ++i) frame_of(allocator, kUsual);
  results.add_value("memory/reserved", "framealloc",
                    static_cast<double>(allocator.stats().reserved) / static_cast<double>(kUsual));
}

// 600 MiB of pool blocks, freed by the thread that made them: frames give the pages back, each a
// bounded part.
void reserved_after_frees(Results& results) {
  using Object = Block<496>;
  constexpr std::size_t kObjects = (std::size_t{600} << 20) / 512;
  SmartAlloc allocator;
  std::vector<Object*> objects(kObjects);
  for (Object*& object : objects) object = allocator.pool_alloc<Object>();
  for (Object* object : objects) allocator.pool_free(object);
  double worst = 0;
  for (int i = 0; i < 500; ++i) {
    const std::uint64_t start = now_ns();
    frame_of(allocator, 1024);
    worst = std::max(worst, static_cast<double>(now_ns() - start));
  }
  results.add_value("pool/reserved after frees", "framealloc",
                    static_cast<double>(allocator.stats().reserved) / kMiB);
  results.add_value("pool/longest frame meanwhile", "framealloc", worst / 1000);
}

// The allocations of a thread for which another has freed half a million blocks.
void first_after_a_flood(Results& results) {
  constexpr std::size_t kObjects = 500'000;
  double worst = 0;
  SmartAlloc allocator;
  std::vector<Block<64>*> objects(kObjects);
  for (Block<64>*& object : objects) object = allocator.pool_alloc<Block<64>>();
  std::thread([&] {
    for (Block<64>* object : objects) allocator.pool_free(object);
  }).join();
  for (std::size_t i = 0; i < 1000; ++i) {
    const std::uint64_t start = now_ns();
    objects[i] = allocator.pool_alloc<Block<64>>();
    worst = std::max(worst, static_cast<double>(now_ns() - start));
  }
  for (std::size_t i = 0; i < 1000; ++i) allocator.pool_free(objects[i]);
  results.add_value("pool/first after a flood", "framealloc", worst / 1000);
}

// Threads that have become known to the allocator and hold nothing.
void reserved_per_thread(Results& results) {
  constexpr std::size_t kThreads = 64;
  SmartAlloc allocator;
  frame_of(allocator, 1024);
  const std::size_t before = allocator.stats().reserved;
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t attached = 0;
  bool leave = false;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) {
    threads.emplace_back([&]() mutable {
      escape(&allocator.frame_arena());
      std::unique_lock lock(mutex);
      ++attached;
      changed.notify_all();
      changed.wait(lock, [&] { return leave; });
    });
  }
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return attached == kThreads; });
    const auto grown = static_cast<double>(allocator.stats().reserved - before);
    results.add_value("memory/per thread", "framealloc", grown / kThreads / 1024);
    leave = true;
  }
  changed.notify_all();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace

void measure_memory(const Rows& rows, Results& results) {
  for (const Row& row : rows.all()) {
    if (row.workload == "W4" && !row.peer.starts_with("floor-")) handoff_growth(row, results);
    if (row.workload.starts_with("W9/")) cold_faults(row, results);
    if (row.workload == "large/blocks") large_resident(row, results);
  }
  vector_bytes(results);
  reserved_after_peak(results);
  reserved_after_frees(results);
  first_after_a_flood(results);
  reserved_per_thread(results);
}

}  // namespace bench
