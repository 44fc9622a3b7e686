// SPDX-License-Identifier: MIT OR Apache-2.0
// What gpu_particles reads from its command line and prints at its end.
#pragma once

#include <framealloc/gpu/allocator.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace vulkan_device {

using Clock = std::chrono::steady_clock;

struct RunOptions {
  unsigned frames = 1000;
  bool discrete = false;
};

// Where the time of all frames went.
struct RunTimes {
  Clock::duration upload{}, wait{}, read{};
};

// Result: nothing when there is an argument that nobody knows.
inline std::optional<RunOptions> run_options(int argc, char** argv) {
  RunOptions options;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--discrete") == 0) {
      options.discrete = true;
    } else if (std::strcmp(argv[i], "--frames") == 0 && i + 1 < argc &&
               std::atoi(argv[i + 1]) > 0) {
      options.frames = static_cast<unsigned>(std::atoi(argv[++i]));
    } else {
      return std::nullopt;
    }
  }
  return options;
}

inline void print(const framealloc::gpu::GpuAllocator& memory, const RunTimes& times,
                  unsigned frames) {
  constexpr double kMiB = 1048576;
  const framealloc::gpu::GpuAllocStats stats = memory.stats();
  std::printf(
      "holds %.1f MiB of device memory in %llu blocks, handed out %.1f MiB, tag particles %.1f "
      "MiB\n",
      static_cast<double>(stats.total_bytes) / kMiB,
      static_cast<unsigned long long>(stats.block_count),
      static_cast<double>(stats.allocated_bytes) / kMiB,
      static_cast<double>(memory.tag_bytes("particles")) / kMiB);
  for (unsigned heap = 0; heap < memory.heap_count(); ++heap) {
    const framealloc::gpu::GpuHeapBudget budget = memory.heap_budget(heap);
    std::printf("  heap %u%s: %.1f of %.1f MiB\n", heap, budget.device_local ? " (local)" : "",
                static_cast<double>(budget.reserved) / kMiB,
                static_cast<double>(budget.budget) / kMiB);
  }
  const auto per_frame = [frames](Clock::duration time) {
    return std::chrono::duration<double, std::milli>(time).count() / frames;
  };
  std::printf("per frame: upload %.3f ms, wait %.3f ms, read %.3f ms\n", per_frame(times.upload),
              per_frame(times.wait), per_frame(times.read));
}

}  // namespace vulkan_device
