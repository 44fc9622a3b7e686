// SPDX-License-Identifier: MIT OR Apache-2.0
#include "steady.hpp"

#include "vulkan/probe.hpp"

#include <framealloc/framealloc.hpp>
#include <framealloc/gpu/allocator.hpp>
#include <framealloc/gpu/vulkan.hpp>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

namespace bench {

namespace {

namespace fa = framealloc;
namespace gpu = framealloc::gpu;

constexpr unsigned kFrames = 320, kWarm = 20;

class Scene {
 public:
  explicit Scene(gpu::GpuAllocator& memory) : memory_(memory) {}

  bool frame() {
    if (!memory_.begin_gpu_frame()) return false;
    gpu::TransferBatch uploads = memory_.begin_transfer();
    const std::vector<std::byte> data(100'000);
    for (int i = 0; i < 8; ++i) {
      auto buffer =
          memory_.allocate({64'000 + random_() % 64'000, gpu::GpuMemoryIntent::DeviceOnly});
      if (!buffer || !uploads.upload(*buffer, std::span(data).first(60'000))) return false;
      buffers_.push_back(std::move(*buffer));
    }
    while (buffers_.size() > 64) buffers_.pop_front();
    if (!uploads.submit()) return false;
    gpu::TransferBatch last = memory_.begin_transfer();
    auto readback = last.readback(buffers_.back(), 0, 4096);
    if (!readback) return false;
    readbacks_.push_back(std::move(*readback));
    used_ = std::max(used_, memory_.stats().allocated_bytes + memory_.stats().retired_bytes);
    held_ = std::max(held_, memory_.stats().total_bytes);
    if (!memory_.end_gpu_frame(std::move(last))) return false;
    if (readbacks_.size() <= 2) return true;
    const bool arrived = static_cast<bool>(readbacks_.front().wait());
    readbacks_.pop_front();
    return arrived;
  }
  double held_over_used(double blocks) const {
    return std::max(0.0, static_cast<double>(held_) - blocks) / static_cast<double>(used_);
  }

 private:
  gpu::GpuAllocator& memory_;
  std::mt19937 random_{1};
  std::deque<gpu::GpuBuffer> buffers_;
  std::deque<gpu::Readback> readbacks_;
  std::size_t used_ = 0, held_ = 0;
};

std::uint64_t memory_calls(const vulkan_device::ProbeCounts& counts) {
  return counts.allocations + counts.frees + counts.maps;
}

}  // namespace

std::optional<SteadyFrames> count_steady_frames(const vulkan_device::Device& device,
                                                bool timeline) {
  vulkan_device::Probe probe(device.getter, device.instance, false);
  auto vulkan = gpu::VulkanBackend::create({.instance = device.instance,
                                            .physical_device = device.physical,
                                            .device = device.device,
                                            .queue = device.queue,
                                            .queue_family = device.family,
                                            .api_version = VK_API_VERSION_1_2,
                                            .get_instance_proc_addr = &vulkan_device::Probe::get,
                                            .timeline_semaphore = timeline,
                                            .memory_budget = true});
  if (!vulkan) return std::nullopt;
  fa::SmartAlloc cpu;
  const gpu::GpuConfig config;
  auto memory = gpu::GpuAllocator::create(cpu, **vulkan, config);
  if (!memory) return std::nullopt;
  SteadyFrames found;
  vulkan_device::ProbeCounts warm;
  {
    Scene scene(*memory);
    for (unsigned frame = 0; frame < kFrames; ++frame) {
      if (frame == kWarm) warm = probe.counts();
      if (!scene.frame()) return std::nullopt;
    }
    // A block of persistent memory and one of readbacks, and a ring's first.
    found.held =
        scene.held_over_used(static_cast<double>(2 * config.block_size + config.ring_size));
    const vulkan_device::ProbeCounts end = probe.counts();
    const double frames = kFrames - kWarm;
    found.memory_calls = static_cast<double>(memory_calls(end) - memory_calls(warm));
    found.submissions = static_cast<double>(end.submissions - warm.submissions) / frames;
    found.budget_queries = static_cast<double>(end.budget_queries - warm.budget_queries) / frames;
    std::size_t sum = 0;
    for (int i = 0; i < 1000; ++i) sum += memory->stats().total_bytes + memory->heap_budget(0).used;
    const vulkan_device::ProbeCounts after = probe.counts();
    found.stats_calls = sum == 0 ? 1
                                 : static_cast<double>(memory_calls(after) - memory_calls(end) +
                                                       after.budget_queries - end.budget_queries);
  }
  return found;
}

}  // namespace bench
