// SPDX-License-Identifier: MIT OR Apache-2.0
// 100,000 particles a frame: written into frame memory, moved by a compute shader, read back a
// frame later. gpu_particles [--frames N] [--discrete]: the second presents a discrete GPU with
// three heaps over whatever device there is. It fails if a sum is wrong or a steady frame asks for
// device memory.
#include "vulkan/compute.hpp"
#include "vulkan/device.hpp"
#include "vulkan/probe.hpp"

#include <framealloc/framealloc.hpp>
#include <framealloc/gpu/allocator.hpp>
#include <framealloc/gpu/vulkan.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>

#include "particles.spv.hpp"  // needs the types of <cstdint>

namespace fa = framealloc;
namespace gpu = framealloc::gpu;

namespace {

using Clock = std::chrono::steady_clock;

struct Particle {
  float x, y, vx, vy;
};
constexpr std::uint32_t kParticles = 100'000;
constexpr std::size_t kBytes = kParticles * sizeof(Particle);
constexpr unsigned kInFlight = 2;
constexpr unsigned kWarmUp = 20;

struct Options {
  unsigned frames = 1000;
  bool discrete = false;
};

struct Times {
  Clock::duration upload{}, wait{}, read{};
};

// Whole numbers, so that sums are exact whatever the order.
Particle particle_of(std::uint64_t frame, std::uint32_t i) {
  return {static_cast<float>((i + frame) % 1024), static_cast<float>(i % 777),
          static_cast<float>(i % 5) - 2, static_cast<float>(frame % 3)};
}

double sum_of(std::span<const Particle> particles) {
  double sum = 0;
  for (const Particle& particle : particles) sum += double{particle.x} + 2 * double{particle.y};
  return sum;
}

struct Pending {
  gpu::Readback bytes;
  double expected = 0;
};

class Simulation {
 public:
  Simulation(const vulkan_device::Device& device, fa::SmartAlloc& cpu, gpu::GpuAllocator& memory)
      : compute_(device, kShader_particles, 64, kInFlight), cpu_(cpu), memory_(memory) {}

  bool run_frame() {
    const Clock::time_point begun = Clock::now();
    if (!memory_.begin_gpu_frame()) return false;
    times.wait += Clock::now() - begun;
    Pending pending;
    const bool done = cpu_.with_tag("particles", [&] { return simulate(pending); });
    if (!done || !memory_.end_gpu_frame()) return false;
    pending_.push_back(std::move(pending));
    return pending_.size() <= 1 || check_oldest();
  }
  bool finish() {
    while (!pending_.empty()) {
      if (!check_oldest()) return false;
    }
    return true;
  }
  Times times;

 private:
  bool simulate(Pending& pending) {
    const std::uint64_t frame = memory_.current_frame();
    const Clock::time_point begun = Clock::now();
    const gpu::GpuSlice in =
        memory_.frame_ring(gpu::GpuMemoryIntent::HostVisible).alloc(kBytes, 256);
    if (!in) return false;
    const std::span<Particle> particles = in.as<Particle>();
    for (std::uint32_t i = 0; i < kParticles; ++i) {
      const Particle particle = particle_of(frame, i);
      particles[i] = particle;
      const double x = double{particle.x} + double{particle.vx};
      pending.expected += x + 2 * (double{particle.y} + double{particle.vy});
    }
    times.upload += Clock::now() - begun;

    auto out = memory_.allocate(
        gpu::GpuAllocRequirements(kBytes, gpu::GpuMemoryIntent::DeviceOnly)
            .with_usage(gpu::BufferUsage::StorageBuffer | gpu::BufferUsage::TransferSrc)
            .with_name("moved particles"));
    if (!out) return false;
    const unsigned slot = frame % kInFlight;
    compute_.begin(slot);
    compute_.dispatch(slot, {gpu::VulkanBackend::buffer(in), in.offset, kBytes},
                      {gpu::VulkanBackend::buffer(*out), 0, kBytes}, kParticles);
    if (compute_.submit(slot) != VK_SUCCESS) return false;
    gpu::TransferBatch batch = memory_.begin_transfer();
    auto readback = batch.readback(*out);
    if (!readback || !batch.submit()) return false;
    pending.bytes = std::move(*readback);
    return true;  // `out` ends here, with the GPU still at work on it
  }

  bool check_oldest() {
    Pending oldest = std::move(pending_.front());
    pending_.pop_front();
    const Clock::time_point begun = Clock::now();
    const auto moved = oldest.bytes.wait_as<Particle>();
    const Clock::time_point here = Clock::now();
    times.wait += here - begun;
    if (!moved) return false;
    const double sum = sum_of(*moved);
    times.read += Clock::now() - here;
    if (sum == oldest.expected) return true;
    std::fprintf(stderr, "a sum is %.0f instead of %.0f\n", sum, oldest.expected);
    return false;
  }

  vulkan_device::Compute compute_;
  fa::SmartAlloc& cpu_;
  gpu::GpuAllocator& memory_;
  std::deque<Pending> pending_;
};

double per_frame(Clock::duration time, unsigned frames) {
  return std::chrono::duration<double, std::milli>(time).count() / frames;
}

void print(const gpu::GpuAllocator& memory, const Times& times, unsigned frames) {
  const gpu::GpuAllocStats stats = memory.stats();
  std::printf(
      "holds %.1f MiB of device memory in %llu blocks, handed out %.1f MiB, tag particles %.1f "
      "MiB\n",
      static_cast<double>(stats.total_bytes) / 1048576,
      static_cast<unsigned long long>(stats.block_count),
      static_cast<double>(stats.allocated_bytes) / 1048576,
      static_cast<double>(memory.tag_bytes("particles")) / 1048576);
  for (unsigned heap = 0; heap < memory.heap_count(); ++heap) {
    const gpu::GpuHeapBudget budget = memory.heap_budget(heap);
    std::printf("  heap %u%s: %.1f of %.1f MiB\n", heap, budget.device_local ? " (local)" : "",
                static_cast<double>(budget.reserved) / 1048576,
                static_cast<double>(budget.budget) / 1048576);
  }
  std::printf("per frame: upload %.3f ms, wait %.3f ms, read %.3f ms\n",
              per_frame(times.upload, frames), per_frame(times.wait, frames),
              per_frame(times.read, frames));
}

int run(const Options& options) {
  const vulkan_device::Device device({.timeline = true});
  if (!device.error().empty()) return std::fprintf(stderr, "%s\n", device.error().c_str()), 1;
  const vulkan_device::Probe probe(device.getter, device.instance, options.discrete);
  auto vulkan = gpu::VulkanBackend::create(
      {.instance = device.instance,
       .physical_device = device.physical,
       .device = device.device,
       .queue = device.queue,
       .queue_family = device.family,
       .api_version = VK_API_VERSION_1_2,
       .get_instance_proc_addr = options.discrete ? &vulkan_device::Probe::get : device.getter,
       .timeline_semaphore = true,
       .memory_budget = options.discrete});
  if (!vulkan) return std::fprintf(stderr, "%s\n", vulkan.error().message.c_str()), 1;
  std::printf("%s%s, %u frames of %u particles\n", device.name.c_str(),
              options.discrete ? " as a discrete GPU" : "", options.frames, kParticles);
  fa::SmartAlloc cpu;
  auto memory = gpu::GpuAllocator::create(cpu, **vulkan, {.frames_in_flight = kInFlight});
  if (!memory) return std::fprintf(stderr, "%s\n", memory.error().message.c_str()), 1;
  Simulation simulation(device, cpu, *memory);
  gpu::GpuAllocStats warm;
  for (unsigned frame = 0; frame < options.frames; ++frame) {
    if (frame == kWarmUp) warm = memory->stats();
    if (!simulation.run_frame()) return std::fprintf(stderr, "frame %u failed\n", frame), 1;
  }
  const gpu::GpuAllocStats end = memory->stats();
  print(*memory, simulation.times, options.frames);
  if (!simulation.finish()) return 1;
  const std::uint64_t asked = end.device_allocations - warm.device_allocations;
  std::printf("device allocations after %u frames: %llu, device memory %s\n", kWarmUp,
              static_cast<unsigned long long>(asked),
              end.total_bytes == warm.total_bytes ? "flat" : "grew");
  return options.frames > kWarmUp && (asked != 0 || end.total_bytes != warm.total_bytes) ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--discrete") == 0) {
      options.discrete = true;
    } else if (std::strcmp(argv[i], "--frames") == 0 && i + 1 < argc &&
               std::atoi(argv[i + 1]) > 0) {
      options.frames = static_cast<unsigned>(std::atoi(argv[++i]));
    } else {
      return std::fprintf(stderr, "usage: gpu_particles [--frames N] [--discrete]\n"), 2;
    }
  }
  return run(options);
}
