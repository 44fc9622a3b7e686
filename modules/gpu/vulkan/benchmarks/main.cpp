// SPDX-License-Identifier: MIT OR Apache-2.0
// framealloc_bench_vulkan [ROUNDS]: medians in ns per buffer or slice; each round measures all
// peers in turn.
#include "vma.hpp"

#include <framealloc/framealloc.hpp>
#include <framealloc/gpu/allocator.hpp>
#include <framealloc/gpu/vulkan.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace fa = framealloc;
namespace gpu = framealloc::gpu;

namespace {

constexpr std::size_t kCount = 1000;
constexpr unsigned kRepeats = 8;  // in a sample, so that a thread's start is small in it

using Clock = std::chrono::steady_clock;
using Work = std::function<bool()>;

// Result: how long it took, in ns; nothing if it failed.
std::optional<double> time_of(const Work& work) {
  const Clock::time_point begun = Clock::now();
  if (!work()) return std::nullopt;
  return std::chrono::duration<double, std::nano>(Clock::now() - begun).count();
}

struct Peer {
  std::string name;
  std::function<std::optional<double>()> run;  // kCount * kRepeats operations on each thread
  unsigned threads = 1;
  std::vector<double> times;
};

double median(std::vector<double> times) {
  std::ranges::sort(times);
  return times[times.size() / 2];
}

// A mapped buffer and a cursor that wraps: what everybody writes by hand. It has room for three
// frames, as the allocator's ring has with two in flight, so that both touch as much memory.
class HandRing {
 public:
  explicit HandRing(std::span<std::byte> memory) : memory_(memory) {}
  std::byte* alloc(std::size_t size) {
    std::size_t at = (cursor_ + 255) & ~std::size_t{255};
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
  Bench(gpu::GpuAllocator& memory, bench::VmaPeer* vma) : memory_(memory), vma_(vma) {
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
  bool vma(bool mapped) { return vma_->create_and_destroy(sizes_, mapped); }
  bool in_frame(const Work& work) {
    return memory_.begin_gpu_frame() && work() && memory_.end_gpu_frame();
  }

 private:
  gpu::GpuAllocator& memory_;
  bench::VmaPeer* vma_;
  std::vector<std::size_t> sizes_;
};

bool on_two(const Work& work) {
  bool other = false;
  std::thread second([&] { other = work(); });
  const bool mine = work();
  second.join();
  return mine && other;
}

bool repeat(const Work& work) {
  for (unsigned i = 0; i < kRepeats; ++i) {
    if (!work()) return false;
  }
  return true;
}

bool measure(std::vector<Peer>& peers, unsigned rounds) {
  constexpr unsigned kWarmUp = 3;
  for (unsigned round = 0; round < rounds + kWarmUp; ++round) {
    for (Peer& peer : peers) {
      const std::optional<double> time = peer.run();
      if (!time) return std::fprintf(stderr, "%s failed\n", peer.name.c_str()), false;
      const double count = static_cast<double>(kCount * kRepeats * peer.threads);
      if (round >= kWarmUp) peer.times.push_back(*time / count);
    }
  }
  for (const Peer& peer : peers) {
    std::printf("%-56s %9.2f ns %9.2f ns\n", peer.name.c_str(), median(peer.times),
                *std::ranges::min_element(peer.times));
  }
  return true;
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
  auto ring_memory = memory->allocate({kCount * kRepeats * 256 * 3, gpu::GpuMemoryIntent::Staging});
  if (!ring_memory) return 1;
  HandRing hand(ring_memory->map());
  std::unique_ptr<bench::VmaPeer> vma;
#ifdef BENCH_HAS_VMA
  vma = bench::make_vma(device);
#else
  std::puts("VMA left out: configure with -DFRAMEALLOC_VMA_INCLUDE=FOLDER_OF_vk_mem_alloc.h");
#endif
  Bench bench(*memory, vma.get());
  const Work slices = [&] { return bench.slices(); };
  const Work buffers = [&] { return bench.buffers(); };
  const Work by_hand = [&] { return bench.hand_ring(hand); };
  const auto inside = [&](const Work& work) {
    std::optional<double> time;
    const bool done = bench.in_frame([&] { return (time = time_of(work)).has_value(); });
    return done ? time : std::nullopt;
  };
  const auto whole = [&](const Work& work) {
    return time_of([&] { return bench.in_frame(work); });
  };
  const auto both = [](const Work& work) { return on_two([&] { return repeat(work); }); };
  std::vector<Peer> peers;
  const auto add = [&](const char* name, unsigned threads, auto run) {
    peers.push_back({name, run, threads, {}});
  };
  add("staging slice, 8 bytes written", 1, [&] { return inside([&] { return repeat(slices); }); });
  add("ring by hand, 8 bytes written", 1, [&] { return time_of([&] { return repeat(by_hand); }); });
  add("staging slice, two threads", 2, [&] { return inside([&] { return both(slices); }); });
  add("buffer: allocate, let go, frame and retirement", 1,
      [&] { return whole([&] { return repeat(buffers); }); });
  add("the same, two threads", 2, [&] { return whole([&] { return both(buffers); }); });
  const Work mapped = [&] { return bench.vma(true); };
  const Work created = [&] { return bench.vma(false); };
  if (vma) {
    add("VMA: vmaCreateBuffer mapped, 8 bytes written, destroy", 1,
        [&] { return time_of([&] { return repeat(mapped); }); });
    add("VMA: vmaCreateBuffer, vmaDestroyBuffer", 1,
        [&] { return time_of([&] { return repeat(created); }); });
    add("the same, two threads", 2, [&] { return time_of([&] { return both(created); }); });
  }
  std::printf("%s, %u rounds: median, least\n", device.name.c_str(), rounds);
  return measure(peers, rounds) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 31;
  if (rounds <= 0) return std::fprintf(stderr, "usage: %s [ROUNDS]\n", argv[0]), 2;
  return run(static_cast<unsigned>(rounds));
}
