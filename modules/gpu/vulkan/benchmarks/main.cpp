// SPDX-License-Identifier: MIT OR Apache-2.0
// framealloc_bench_vulkan [ROUNDS]: GPU memory beside what others do, in ns an operation, and the
// bars that the project has set itself. Each round measures all peers in turn.
#include "driver.hpp"
#include "pair.hpp"
#include "rounds.hpp"
#include "steady.hpp"
#include "vma.hpp"

#include "../../core/benchmarks/peer.hpp"
#include "../../core/benchmarks/workloads.hpp"

#include <framealloc/framealloc.hpp>
#include <framealloc/gpu/allocator.hpp>
#include <framealloc/gpu/vulkan.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace fa = framealloc;
namespace gpu = framealloc::gpu;

namespace {

constexpr std::size_t kCount = 1000;
constexpr unsigned kRepeats = 8;
constexpr unsigned kFrames = 32;  // of slices in a sample: a game's thousand of 256 bytes in each
// Of the rows with two threads: enough to be long beside their meeting, and three frames of it, with
// both threads', still fit the second level's cache.
constexpr std::size_t kSmallCount = 8000, kSmallSize = 32;

using Clock = std::chrono::steady_clock;
using Work = std::function<bool()>;
using Timed = std::function<std::optional<double>()>;

// Result: how long it took, in ns; nothing if it failed.
std::optional<double> time_of(const Work& work) {
  const Clock::time_point begun = Clock::now();
  if (!work()) return std::nullopt;
  return std::chrono::duration<double, std::nano>(Clock::now() - begun).count();
}

// A mapped buffer and a cursor that wraps: what everybody writes by hand. It has room for three
// frames, as the allocator's ring has with two in flight, so that both touch as much memory.
class HandRing {
 public:
  explicit HandRing(std::span<std::byte> memory) : memory_(memory) {}
  std::byte* alloc(std::size_t size, std::size_t alignment = 256) {
    std::size_t at = (cursor_ + alignment - 1) & ~(alignment - 1);
    if (at + size > memory_.size()) at = 0;
    cursor_ = at + size;
    return memory_.data() + at;
  }

 private:
  std::span<std::byte> memory_;
  std::size_t cursor_ = 0;
};

class Bench {
 public:
  Bench(gpu::GpuAllocator& memory, bench::VmaPeer* vma, bench::Driver& driver)
      : memory_(memory), vma_(vma), driver_(driver) {
    std::mt19937 random(1);
    for (std::size_t i = 0; i < kCount; ++i) sizes_.push_back(256 + random() % (16 * 1024 - 256));
  }

  bool slices() {
    gpu::FrameRing& ring = memory_.frame_ring(gpu::GpuMemoryIntent::Staging);
    for (std::size_t i = 0; i < kCount; ++i) {
      const gpu::GpuSlice slice = ring.alloc(256, 256);
      if (!slice) return false;
      std::memcpy(slice.data, &i, 8);
    }
    return true;
  }
  bool hand_ring(HandRing& ring) {
    for (std::size_t i = 0; i < kCount; ++i) {
      std::memcpy(ring.alloc(256), &i, 8);
    }
    return true;
  }
  bool small_slices() {
    gpu::FrameRing& ring = memory_.frame_ring(gpu::GpuMemoryIntent::Staging);
    for (std::size_t i = 0; i < kSmallCount; ++i) {
      const gpu::GpuSlice slice = ring.alloc(kSmallSize, 64);
      if (!slice) return false;
      std::memcpy(slice.data, &i, 8);
    }
    return true;
  }
  bool small_hand_ring(HandRing& ring) {
    for (std::size_t i = 0; i < kSmallCount; ++i) std::memcpy(ring.alloc(kSmallSize, 64), &i, 8);
    return true;
  }
  bool buffers() {
    thread_local std::vector<gpu::GpuBuffer> made;
    for (const std::size_t size : sizes_) {
      auto buffer = memory_.allocate({size, gpu::GpuMemoryIntent::DeviceOnly});
      if (!buffer) return false;
      made.push_back(std::move(*buffer));
    }
    made.clear();
    return true;
  }
  bool driver() { return driver_.create_and_destroy(sizes_); }
  bool vma(bool mapped) { return vma_->create_and_destroy(sizes_, mapped); }
  bool in_frame(const Work& work) {
    return memory_.begin_gpu_frame() && work() && memory_.end_gpu_frame();
  }

 private:
  gpu::GpuAllocator& memory_;
  bench::VmaPeer* vma_;
  bench::Driver& driver_;
  std::vector<std::size_t> sizes_;
};

bool repeat(const Work& work) {
  for (unsigned i = 0; i < kRepeats; ++i) {
    if (!work()) return false;
  }
  return true;
}

// OffsetAllocator, and VMA's virtual block: the same workload on each.
class Offsets {
 public:
  Offsets(bench::Workload workload, std::unique_ptr<bench::Peer> peer)
      : workload_(std::move(workload)), peer_(std::move(peer)) {
    peer_->prepare(workload_);
  }
  std::optional<double> run() {
    return time_of([&] { return peer_->run(workload_.steps), true; });
  }
  const bench::Workload& workload() const { return workload_; }
  std::string name() const {
    return std::string(peer_->name()) + ": " + std::string(workload_.name);
  }

 private:
  bench::Workload workload_;
  std::unique_ptr<bench::Peer> peer_;
};

// Pairs of entries of which the first is held against the second.
struct OffsetRow {
  std::size_t ours, others;
  std::string name;
  double bar;
};

std::vector<OffsetRow> add_offsets(bench::Rounds& rounds,
                                   std::vector<std::unique_ptr<Offsets>>& peers) {
  std::vector<OffsetRow> rows;
#ifdef BENCH_HAS_VMA
  for (const bench::Workload& workload : bench::make_workloads()) {
    const bool in_order = workload.name.starts_with("in order");
    if (!in_order && !workload.name.starts_with("churn")) continue;
    OffsetRow row{0, 0, std::string(workload.name), in_order ? 0.65 : 0.80};
    for (std::size_t* const entry : {&row.ours, &row.others}) {
      peers.push_back(std::make_unique<Offsets>(
          workload, entry == &row.ours ? bench::make_ours() : bench::make_vma()));
      Offsets* const peer = peers.back().get();
      *entry = rounds.add(peer->name(), static_cast<double>(workload.pairs),
                          [peer] { return peer->run(); });
    }
    rows.push_back(std::move(row));
  }
#else
  static_cast<void>(rounds);
  static_cast<void>(peers);
#endif
  return rows;
}

void add_steady_frames(bench::Bars& bars, bool timeline) {
  const vulkan_device::Device device({.timeline = timeline});
  const std::optional<bench::SteadyFrames> steady =
      device.error().empty() ? bench::count_steady_frames(device, timeline) : std::nullopt;
  if (!steady) return static_cast<void>(std::fputs("the steady frames failed\n", stderr));
  const std::string with = timeline ? ", timeline" : ", fences";
  bars.at_most("steady frames: calls for memory after 20 frames" + with, steady->memory_calls, 0);
  bars.at_most("submissions of the library a frame" + with, steady->submissions, timeline ? 2 : 3);
  bars.at_most("budget queries a frame" + with, steady->budget_queries, 1);
  bars.at_most("calls to the driver by stats() and heap_budget()" + with, steady->stats_calls, 0);
  bars.at_most("held over most in use, but for a block of each type" + with, steady->held, 1.5);
}

int run(unsigned rounds) {
  const vulkan_device::Device device;
  if (!device.error().empty()) return std::fprintf(stderr, "%s\n", device.error().c_str()), 1;
  auto vulkan = gpu::VulkanBackend::create({.instance = device.instance,
                                            .physical_device = device.physical,
                                            .device = device.device,
                                            .queue = device.queue,
                                            .queue_family = device.family,
                                            .api_version = VK_API_VERSION_1_2,
                                            .get_instance_proc_addr = device.getter,
                                            .timeline_semaphore = true});
  if (!vulkan) return std::fprintf(stderr, "%s\n", vulkan.error().message.c_str()), 1;
  fa::SmartAlloc cpu;
  auto memory = gpu::GpuAllocator::create(cpu, **vulkan);
  if (!memory) return std::fprintf(stderr, "%s\n", memory.error().message.c_str()), 1;
  auto ring_memory = memory->allocate({kCount * 256 * 3, gpu::GpuMemoryIntent::Staging});
  if (!ring_memory) return 1;
  HandRing by_hand_ring(ring_memory->map());
  std::unique_ptr<bench::VmaPeer> vma;
#ifdef BENCH_HAS_VMA
  vma = bench::make_vma(device);
#else
  std::puts("VMA left out: configure with -DFRAMEALLOC_VMA_INCLUDE=FOLDER_OF_vk_mem_alloc.h");
#endif
  bench::Driver driver(device);
  Bench bench(*memory, vma.get(), driver);
  const Work slices = [&] { return bench.slices(); };
  const Work small_slices = [&] { return bench.small_slices(); };
  const Work buffers = [&] { return bench.buffers(); };
  const Work by_hand = [&] { return bench.hand_ring(by_hand_ring); };
  // Of each thread its own, in memory of its own.
  auto other_ring_memory = memory->allocate({kSmallCount * 64 * 3, gpu::GpuMemoryIntent::Staging});
  auto own_ring_memory = memory->allocate({kSmallCount * 64 * 3, gpu::GpuMemoryIntent::Staging});
  if (!other_ring_memory || !own_ring_memory) return 1;
  const std::thread::id own_thread = std::this_thread::get_id();
  const std::span<std::byte> own_ring = own_ring_memory->map();
  const std::span<std::byte> other_ring = other_ring_memory->map();
  const Work small_by_hand = [&] {
    thread_local HandRing ring(std::this_thread::get_id() == own_thread ? own_ring : other_ring);
    return bench.small_hand_ring(ring);
  };
  const Work created_by_driver = [&] { return bench.driver(); };
  bench::Rounds table;
  // The time of the work in each of so many frames: the boundaries are another row's.
  const auto frames_of = [&](unsigned frames, const Timed& timed) -> std::optional<double> {
    double sum = 0;
    for (unsigned frame = 0; frame < frames; ++frame) {
      std::optional<double> time;
      if (!bench.in_frame([&] { return (time = timed()).has_value(); })) return std::nullopt;
      sum += *time;
    }
    return sum;
  };
  const auto add_frames = [&](const char* name, std::size_t count, unsigned frames,
                              const Work& work) {
    return table.add(name, static_cast<double>(count * frames),
                     [&, frames] { return frames_of(frames, [&] { return time_of(work); }); });
  };
  const auto add_pair = [&](const char* name, std::size_t count, unsigned frames,
                            const Work& work) {
    return table.add(name, static_cast<double>(2 * count * frames), [&, frames] {
      bench::Pair pair(work);
      return frames_of(frames, [&] { return pair.time(); });
    });
  };
  // The same with the boundaries: what is let go is taken back there or in the work, as it comes.
  const auto whole_frames = [&](const Work& work) {
    return time_of([&] {
      for (unsigned frame = 0; frame < kFrames; ++frame)
        if (!bench.in_frame(work)) return false;
      return true;
    });
  };
  const auto add = [&](const char* name, auto run) {
    return table.add(name, static_cast<double>(kCount * kRepeats), run);
  };
  const std::size_t slice = add_frames("staging slice, 8 bytes written", kCount, kFrames, slices);
  const std::size_t hand = add_frames("ring by hand, 8 bytes written", kCount, kFrames, by_hand);
  const std::size_t small = add_frames("slice of 32 bytes", kSmallCount, kRepeats, small_slices);
  const std::size_t small_pair =
      add_pair("the same, two threads", kSmallCount, kRepeats, small_slices);
  const std::size_t floor =
      add_frames("ring by hand, 32 bytes", kSmallCount, kRepeats, small_by_hand);
  const std::size_t floor_pair =
      add_pair("the same, two threads, a ring each", kSmallCount, kRepeats, small_by_hand);
  const std::size_t buffer = add("buffer: allocate, let go, frame and retirement", [&] {
    return time_of([&] { return repeat([&] { return bench.in_frame(buffers); }); });
  });
  const std::size_t buffer_one = table.add("the same, more frames", double{kCount * kFrames},
                                           [&] { return whole_frames(buffers); });
  const std::size_t buffer_pair =
      table.add("the same, two threads", double{2 * kCount * kFrames}, [&] {
        bench::Pair pair(buffers);
        return whole_frames([&] { return pair.time().has_value(); });
      });
  const std::size_t driver_alone =
      add_frames("driver alone: create, bind, destroy", kCount, kRepeats, created_by_driver);
  const std::size_t driver_pair =
      add_pair("the same, two threads", kCount, kRepeats, created_by_driver);
  std::size_t sum = 0;
  const Work all_stats = [&] {
    for (std::size_t i = 0; i < kCount; ++i) sum += memory->stats().total_bytes;
    return sum != 0;
  };
  const Work all_budgets = [&] {
    for (std::size_t i = 0; i < kCount; ++i) sum += memory->heap_budget(0).reserved;
    return sum != 0;
  };
  const std::size_t stats =
      add("stats()", [&] { return time_of([&] { return repeat(all_stats); }); });
  const std::size_t budget =
      add("heap_budget()", [&] { return time_of([&] { return repeat(all_budgets); }); });
  const Work mapped = [&] { return bench.vma(true); };
  const Work created = [&] { return bench.vma(false); };
  std::size_t vma_mapped = 0, vma_created = 0, vma_pair = 0;
  if (vma) {
    vma_mapped = add("VMA: vmaCreateBuffer mapped, 8 bytes written, destroy",
                     [&] { return time_of([&] { return repeat(mapped); }); });
    vma_created = add("VMA: vmaCreateBuffer, vmaDestroyBuffer",
                      [&] { return time_of([&] { return repeat(created); }); });
    vma_pair = add_pair("the same, two threads", kCount, kRepeats, created);
  }
  std::vector<std::unique_ptr<Offsets>> offset_peers;
  const std::vector<OffsetRow> offset_rows = add_offsets(table, offset_peers);
  std::printf("%s, %u rounds\n", device.name.c_str(), rounds);
  if (!table.measure(rounds)) return 1;
  table.print();

  bench::Bars bars;
  bars.at_most("staging slice over a ring by hand", table.ratio(slice, hand), 1.5);
  if (vma)
    bars.at_least("VMA's create and destroy over a slice", table.ratio(vma_mapped, slice), 30);
  for (const OffsetRow& row : offset_rows)
    bars.at_most("offsets over VMA's virtual block: " + row.name, table.ratio(row.ours, row.others),
                 row.bar);
  if (vma)
    bars.at_most("buffer with frame and retirement over VMA's", table.ratio(buffer, vma_created),
                 1.0);
  // Of two threads the least times are compared, because a machine with other work seldom gives both
  // of its cores; and what a ring without anything shared gains is what there is to gain.
  const double gained_by_hand = table.least_ratio(floor, floor_pair);
  bars.at_least("slices: two threads over one, or as a ring by hand each",
                table.least_ratio(small, small_pair), std::min(1.8, gained_by_hand));
  bars.note("a ring by hand each: two threads over one", gained_by_hand);
  const double gained_by_driver = table.least_ratio(driver_alone, driver_pair);
  bars.at_least("buffers, frames included: two threads over one, or as the driver",
                table.least_ratio(buffer_one, buffer_pair), std::min(1.5, gained_by_driver));
  bars.note("the driver alone: two threads over one", gained_by_driver);
  if (vma) bars.note("VMA: two threads over one", table.least_ratio(vma_created, vma_pair));
  bars.at_most("stats(), ns", table.median(stats), 100);
  bars.at_most("heap_budget(), ns", table.median(budget), 100);
  for (const bool timeline : {true, false}) add_steady_frames(bars, timeline);
  bars.print();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 31;
  if (rounds <= 0) return std::fprintf(stderr, "usage: %s [ROUNDS]\n", argv[0]), 2;
  return run(static_cast<unsigned>(rounds));
}
