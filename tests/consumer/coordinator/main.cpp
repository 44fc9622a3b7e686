// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/coordinator.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>

namespace fa = framealloc;

int main() {
  fa::gpu::HostBackend device;
  fa::SmartAlloc cpu;
  auto gpu = fa::gpu::GpuAllocator::create(cpu, device);
  if (!gpu) return std::fprintf(stderr, "consumer: %s\n", gpu.error().message.c_str()), 1;
  fa::coordinator::UnifiedAllocator unified(cpu, *gpu);

  const std::array<int, 4> numbers{1, 2, 3, 4};
  if (!unified.begin_frame()) return 1;
  auto buffer = unified.upload(std::span(numbers));
  if (!buffer) return 1;
  auto readback = unified.readback(*buffer);
  if (!readback || !unified.end_frame()) return 1;
  const auto arrived = readback->wait_as<int>();
  if (!arrived || !std::ranges::equal(*arrived, numbers)) {
    std::fputs("consumer: the numbers did not come back from the device\n", stderr);
    return 1;
  }
  std::puts("consumer: the component coordinator works");
  return 0;
}
