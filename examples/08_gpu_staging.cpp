// SPDX-License-Identifier: MIT OR Apache-2.0
// A thousand boxes move. In each frame their positions are written in place to staging memory and
// copied to the GPU, their uniforms are written to memory that the GPU reads in place, a kernel
// adds up the positions, and the sum is read back a frame later, without waiting. The program runs
// on the host backend; a VulkanBackend can take its place.
#include <framealloc/coordinator.hpp>

#include <cmath>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>

namespace fa = framealloc;
namespace gpu = framealloc::gpu;
using namespace framealloc::literals;

namespace {

constexpr std::size_t kBoxes = 1000;
constexpr int kFrames = 60;

struct Box {
  float x, y, z, height;
};
struct Uniforms {
  float transform[16];
};

// What a compute shader would do: the first float of the buffer becomes the sum of all heights.
void add_heights(std::span<std::byte> bytes, void*) {
  float sum = 0;
  for (std::size_t at = 0; at + sizeof(Box) <= bytes.size(); at += sizeof(Box)) {
    Box box;
    std::memcpy(&box, bytes.data() + at, sizeof box);
    sum += box.height;
  }
  std::memcpy(bytes.data(), &sum, sizeof sum);
}

float height_of(std::size_t box, int frame) {
  return static_cast<float>((box + static_cast<std::size_t>(frame)) % 7);
}

int fail(const fa::Error& error) {
  std::fprintf(stderr, "gpu_staging: %s\n", error.message.c_str());
  return 1;
}

// The sum of the previous frame, being read back.
struct Pending {
  gpu::Readback sum;
  int frame = 0;
};

bool check(Pending& pending) {
  const auto sum = pending.sum.wait_as<float>();  // does not wait: it arrived before
  if (!sum) return false;
  float expected = 0;
  for (std::size_t box = 0; box < kBoxes; ++box) expected += height_of(box, pending.frame);
  if (std::fabs((*sum)[0] - expected) < 0.5F) return true;
  std::fprintf(stderr, "gpu_staging: frame %d adds up to %.1f, not to %.1f\n", pending.frame,
               static_cast<double>((*sum)[0]), static_cast<double>(expected));
  return false;
}

int run(gpu::HostBackend& device, fa::coordinator::UnifiedAllocator& unified) {
  gpu::GpuAllocator& memory = unified.gpu_allocator();
  const std::size_t uniform_alignment = memory.alignment_for(gpu::BufferUsage::UniformBuffer);
  std::optional<Pending> pending;
  std::uint64_t allocations_when_warm = 0;

  for (int frame = 0; frame < kFrames; ++frame) {
    if (const auto begun = unified.begin_frame(); !begun) return fail(begun.error());

    // The CPU's side of a staging buffer is the memory that the GPU copies from.
    auto boxes = unified.create_staging_buffer(
        kBoxes * sizeof(Box), gpu::BufferUsage::StorageBuffer | gpu::BufferUsage::TransferSrc);
    if (!boxes) return fail(boxes.error());
    std::size_t index = 0;
    for (Box& box : boxes->cpu_slice_mut_as<Box>()) {
      box = {static_cast<float>(index), 0, 0, height_of(index, frame)};
      ++index;
    }
    if (const auto moved = unified.transfer_to_gpu(*boxes); !moved) return fail(moved.error());

    // One slice for each draw: a bump and a branch.
    gpu::FrameRing& ring = memory.frame_ring(gpu::GpuMemoryIntent::HostVisible);
    for (std::size_t box = 0; box < kBoxes; ++box) {
      const gpu::GpuSlice slice = ring.alloc(sizeof(Uniforms), uniform_alignment);
      if (!slice) return 1;  // reported
      slice.as<Uniforms>()[0] = {};
    }

    // Submit the uploads of the frame, then the frame's own work, then the readback.
    if (const auto sent = unified.submit_transfers(); !sent) return fail(sent.error());
    device.dispatch(*boxes->gpu_buffer(), add_heights, nullptr);
    auto sum = unified.readback(*boxes, 0, sizeof(float));
    if (!sum) return fail(sum.error());

    if (frame == kFrames / 2) {
      const auto usage = unified.get_usage();
      std::printf("frame %d: buffers of %zu KiB on the CPU's side, %zu KiB on the GPU's\n", frame,
                  usage.cpu / 1_KiB, usage.gpu / 1_KiB);
      allocations_when_warm = memory.stats().device_allocations;
    }
    if (const auto ended = unified.end_frame(); !ended) return fail(ended.error());
    if (pending && !check(*pending)) return 1;
    pending = Pending{*std::move(sum), frame};
  }
  if (!check(*pending)) return 1;

  const gpu::GpuAllocStats stats = memory.stats();
  if (stats.device_allocations != allocations_when_warm) {
    std::fputs("gpu_staging: steady frames asked the device for memory\n", stderr);
    return 1;
  }
  std::printf(
      "%d frames: %zu KiB of device memory, %llu device allocations, none in steady frames\n",
      kFrames, stats.peak_total / 1_KiB, static_cast<unsigned long long>(stats.device_allocations));
  return 0;
}

}  // namespace

int main() {
  gpu::HostBackend device;
  // One budget for both: it is the source of the CPU's allocator, and limits the GPU's.
  fa::coordinator::UnifiedBudgetManager budget({.cpu = 64_MiB, .gpu = 96_MiB, .combined = 128_MiB});
  fa::AllocConfig config;
  config.upstream = &budget.cpu_source();
  fa::SmartAlloc cpu(config);
  auto memory = gpu::GpuAllocator::create(cpu, device);
  if (!memory) return fail(memory.error());
  fa::coordinator::UnifiedAllocator unified(cpu, *memory, &budget);

  if (const int code = run(device, unified); code != 0) return code;
  std::printf("budget: at most %zu MiB of %zu MiB, %llu denials\n",
              budget.peak_combined_usage() / 1_MiB, budget.limits().combined / 1_MiB,
              static_cast<unsigned long long>(budget.denials()));
  return device.counters().violations == 0 ? 0 : 1;
}
