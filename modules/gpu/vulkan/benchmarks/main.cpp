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

struct Peer {
  std::string name;
  std::function<bool()> run;  // kCount operations on each of `threads`
  unsigned threads = 1;
  std::vector<double> times;
};

double median(std::vector<double> times) {
  std::ranges::sort(times);
  return times[times.size() / 2];
}

// A mapped buffer and a cursor: what everybody writes by hand.
class HandRing {
 public:
  explicit HandRing(std::span<std::byte> memory) : memory_(memory) {}
  std::byte* alloc(std::size_t size) {
    const std::size_t at = (cursor_ + 255) & ~std::size_t{255};
    if (at + size > memory_.size()) return nullptr;
    cursor_ = at + size;
    return memory_.data() + at;
  }
  void reset() { cursor_ = 0; }

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
    ring.reset();
    for (std::size_t i = 0; i < kCount; ++i) {
      std::byte* const data = ring.alloc(256);
      if (data == nullptr) return false;
      std::memcpy(data, &i, 8);
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
  bool in_frame(const std::function<bool()>& work) {
    return memory_.begin_gpu_frame() && work() && memory_.end_gpu_frame();
  }

 private:
  gpu::GpuAllocator& memory_;
  bench::VmaPeer* vma_;
  std::vector<std::size_t> sizes_;
};

bool on_two(const std::function<bool()>& work) {
  bool other = false;
  std::thread second([&] { other = work(); });
  const bool mine = work();
  second.join();
  return mine && other;
}

// Effect: `repeats` runs make a sample, so that a thread's start is small in it.
bool repeat(unsigned repeats, const std::function<bool()>& work) {
  for (unsigned i = 0; i < repeats; ++i) {
    if (!work()) return false;
  }
  return true;
}

bool measure(std::vector<Peer>& peers, unsigned rounds, unsigned repeats) {
  for (unsigned round = 0; round < rounds + 3; ++round) {
    for (Peer& peer : peers) {
      const auto begun = std::chrono::steady_clock::now();
      if (!peer.run()) return std::fprintf(stderr, "%s failed\n", peer.name.c_str()), false;
      const std::chrono::duration<double, std::nano> time =
          std::chrono::steady_clock::now() - begun;
      if (round >= 3)
        peer.times.push_back(time.count() / static_cast<double>(kCount * repeats * peer.threads));
    }
  }
  for (const Peer& peer : peers)
    std::printf("%-58s %9.2f ns\n", peer.name.c_str(), median(peer.times));
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
  auto ring_memory = memory->allocate({kCount * 512, gpu::GpuMemoryIntent::Staging});
  if (!ring_memory) return 1;
  HandRing hand(ring_memory->map());
  std::unique_ptr<bench::VmaPeer> vma;
#ifdef BENCH_HAS_VMA
  vma = bench::make_vma(device);
#else
  std::puts("VMA left out: configure with -DFRAMEALLOC_VMA_INCLUDE=FOLDER_OF_vk_mem_alloc.h");
#endif
  Bench bench(*memory, vma.get());
  constexpr unsigned kRepeats = 8;
  const auto alone = [](std::function<bool()> work) {
    return [work = std::move(work)] { return repeat(kRepeats, work); };
  };
  const auto framed = [&](std::function<bool()> work) {
    return [&bench, work = std::move(work)] {
      return bench.in_frame([&] { return repeat(kRepeats, work); });
    };
  };
  const auto slices = [&] { return bench.slices(); };
  const auto buffers = [&] { return bench.buffers(); };
  std::vector<Peer> peers{
      {"staging slice, 8 bytes written, frame included", framed(slices), 1, {}},
      {"ring by hand, 8 bytes written", alone([&] { return bench.hand_ring(hand); }), 1, {}},
      {"staging slice, two threads",
       [&] {
         return bench.in_frame([&] { return on_two([&] { return repeat(kRepeats, slices); }); });
       },
       2,
       {}},
      {"buffer: allocate, let go, end of frame, retirement", framed(buffers), 1, {}},
      {"the same, two threads",
       [&] {
         return bench.in_frame([&] { return on_two([&] { return repeat(kRepeats, buffers); }); });
       },
       2,
       {}}};
  if (vma) {
    const auto created = [&] { return bench.vma(false); };
    peers.push_back({"VMA: vmaCreateBuffer mapped, 8 bytes written, destroy",
                     alone([&] { return bench.vma(true); }),
                     1,
                     {}});
    peers.push_back({"VMA: vmaCreateBuffer, vmaDestroyBuffer", alone(created), 1, {}});
    peers.push_back({"the same, two threads",
                     [&] { return on_two([&] { return repeat(kRepeats, created); }); },
                     2,
                     {}});
  }
  std::printf("%s, %u rounds\n", device.name.c_str(), rounds);
  return measure(peers, rounds, kRepeats) ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 31;
  if (rounds <= 0) return std::fprintf(stderr, "usage: %s [ROUNDS]\n", argv[0]), 2;
  return run(static_cast<unsigned>(rounds));
}
