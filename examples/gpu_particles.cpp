// SPDX-License-Identifier: MIT OR Apache-2.0
// 100,000 particles per frame: written to frame memory, moved by a compute shader, read back a
// frame later. gpu_particles [--frames N] [--discrete]: the second option presents any device as a
// discrete GPU with three heaps. The program fails if a sum is wrong or a steady frame allocates
// device memory.
#include "vulkan/backend.hpp"
#include "vulkan/compute.hpp"
#include "vulkan/device.hpp"
#include "vulkan/particles.hpp"
#include "vulkan/probe.hpp"
#include "vulkan/report.hpp"

#include <framealloc/framealloc.hpp>
#include <framealloc/gpu/allocator.hpp>
#include <framealloc/gpu/vulkan.hpp>

#include <cstdio>
#include <deque>

#include "particles.spv.hpp"  // needs the types of <cstdint>

namespace fa = framealloc;
namespace gpu = framealloc::gpu;

namespace {

using vulkan_device::Clock;

using vulkan_device::Particle;
constexpr std::uint32_t kParticles = 100'000;
constexpr std::size_t kBytes = kParticles * sizeof(Particle);
constexpr unsigned kInFlight = 2, kWarmUp = 20;

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
  vulkan_device::RunTimes times;

 private:
  bool simulate(Pending& pending) {
    const std::uint64_t frame = memory_.current_frame();
    const Clock::time_point begun = Clock::now();
    const gpu::GpuSlice in =
        memory_.frame_ring(gpu::GpuMemoryIntent::HostVisible).alloc(kBytes, 256);
    if (!in) return false;
    const std::span<Particle> particles = in.as<Particle>();
    for (std::uint32_t i = 0; i < kParticles; ++i) {
      const Particle particle = vulkan_device::particle_of(frame, i);
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
    return true;  // `out` is destroyed here, while the GPU still uses it
  }

  bool check_oldest() {
    Pending oldest = std::move(pending_.front());
    pending_.pop_front();
    const Clock::time_point begun = Clock::now();
    const auto moved = oldest.bytes.wait_as<Particle>();
    const Clock::time_point here = Clock::now();
    times.wait += here - begun;
    if (!moved) return false;
    const double sum = vulkan_device::sum_of(*moved);
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

int run(const vulkan_device::RunOptions& options) {
  const vulkan_device::Device device({.timeline = true});
  if (!device.error().empty()) return std::fprintf(stderr, "%s\n", device.error().c_str()), 1;
  const vulkan_device::Probe probe(device.getter, device.instance, options.discrete);
  auto vulkan = vulkan_device::backend(device, options.discrete);
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
  vulkan_device::print(*memory, simulation.times, options.frames);
  if (!simulation.finish()) return 1;
  const std::uint64_t asked = end.device_allocations - warm.device_allocations;
  std::printf("device allocations after %u frames: %llu, device memory %s\n", kWarmUp,
              static_cast<unsigned long long>(asked),
              end.total_bytes == warm.total_bytes ? "flat" : "grew");
  return options.frames > kWarmUp && (asked != 0 || end.total_bytes != warm.total_bytes) ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = vulkan_device::run_options(argc, argv);
  if (options) return run(*options);
  return std::fprintf(stderr, "usage: gpu_particles [--frames N] [--discrete]\n"), 2;
}
