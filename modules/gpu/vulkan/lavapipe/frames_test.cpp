// SPDX-License-Identifier: MIT OR Apache-2.0
// Frames as a program has them: data from frame memory, through a shader, read back.
#include "lavapipe/reports.hpp"
#include "lavapipe/rig.hpp"
#include "vulkan/compute.hpp"

#include <framealloc/compiler.hpp>
#include <framealloc/gpu/allocator.hpp>
#include <framealloc/gpu/vulkan.hpp>

#include <deque>
#include <string>
#include <utility>

#include "scramble.spv.hpp"  // needs the types of <cstdint>

namespace framealloc::gpu::vulkan_test {
namespace {

// Under AddressSanitizer a frame takes five times as long, and frame 300 uses no other memory than
// frame 60.
constexpr unsigned kFrames = FRAMEALLOC_ASAN ? 60 : 300;
constexpr unsigned kInFlight = 2;
constexpr std::uint32_t kWords = 1024 * 1024 / sizeof(std::uint32_t);

struct FramesCase {
  bool timeline, discrete, caller;
  // Whether the last copies of a frame go with its end.
  [[nodiscard]] bool ends_with_copies() const { return !caller && !discrete; }
};

class Frames : public ::testing::TestWithParam<FramesCase> {};
INSTANTIATE_TEST_SUITE_P(
    Lavapipe, Frames,
    ::testing::Values(FramesCase{true, false, false}, FramesCase{true, false, true},
                      FramesCase{true, true, false}, FramesCase{true, true, true},
                      FramesCase{false, false, false}, FramesCase{false, true, false}),
    [](const auto& test) {
      return std::string(test.param.timeline ? "Timeline" : "Fences") +
             (test.param.discrete ? "Discrete" : "Unified") +
             (test.param.caller ? "CallerSignals" : "LibrarySignals");
    });

std::uint32_t input_word(std::uint64_t frame, std::uint32_t i) {
  return static_cast<std::uint32_t>(frame * 7919 + i) * 2654435761U;
}

void expect_scrambled(Readback& readback, std::uint64_t frame) {
  const auto words = readback.wait_as<std::uint32_t>();
  ASSERT_TRUE(words) << words.error().message.view();
  ASSERT_EQ(words->size(), kWords);
  std::uint32_t wrong = 0;
  for (std::uint32_t i = 0; i < kWords; ++i) {
    if ((*words)[i] != input_word(frame, i) * 1664525U + 1013904223U) ++wrong;
  }
  EXPECT_EQ(wrong, 0U) << "of frame " << frame;
}

// One frame of the program. Its output buffer is let go while the GPU still works on it. `last` gets
// the readback, where the frame's end is to take it along.
void run_frame(Rig& rig, GpuAllocator& gpu, vulkan_device::Compute& compute, unsigned slot,
               const FramesCase& test, TransferBatch& last, std::deque<Readback>& readbacks) {
  const bool caller = test.caller;
  const std::uint64_t frame = gpu.current_frame();
  const GpuSlice in = gpu.frame_ring(GpuMemoryIntent::HostVisible).alloc(kWords * 4, 256);
  ASSERT_TRUE(in);
  const std::span<std::uint32_t> words = in.as<std::uint32_t>();
  for (std::uint32_t i = 0; i < kWords; ++i) words[i] = input_word(frame, i);
  auto out = gpu.allocate(GpuAllocRequirements(kWords * 4, GpuMemoryIntent::DeviceOnly)
                              .with_usage(BufferUsage::StorageBuffer | BufferUsage::TransferSrc));
  ASSERT_TRUE(out) << out.error().message.view();

  const VkCommandBuffer commands = compute.begin(slot);
  compute.dispatch(slot, {VulkanBackend::buffer(in), in.offset, kWords * 4},
                   {VulkanBackend::buffer(*out), 0, kWords * 4}, kWords);
  TransferBatch batch = gpu.begin_transfer();
  if (!caller) {
    ASSERT_EQ(compute.submit(slot), VK_SUCCESS);
  }
  auto readback = batch.readback(*out);
  ASSERT_TRUE(readback) << readback.error().message.view();
  if (caller) {
    const auto ticket = rig.backend->record(std::move(batch), commands);
    ASSERT_TRUE(ticket) << ticket.error().message.view();
    const VulkanWait end = rig.backend->frame_signal();
    ASSERT_EQ(compute.submit(slot, VK_NULL_HANDLE, 0, end.semaphore, end.value), VK_SUCCESS);
  } else if (test.ends_with_copies()) {
    last = std::move(batch);
  } else {
    ASSERT_TRUE(batch.submit());
  }
  readbacks.push_back(std::move(*readback));
}

TEST_P(Frames, WhatComesBackIsEqualToTheBit) {
  const FramesCase& test = GetParam();
  Rig rig({.timeline = test.timeline,
           .discrete = test.discrete,
           .caller_signals = test.caller,
           .budget = true});
  ASSERT_TRUE(rig.backend) << rig.error;
  Reports reports;
  SmartAlloc cpu(reports.config());
  vulkan_device::ProbeCounts warm;
  {
    vulkan_device::Compute compute(*rig.device, kShader_scramble, 64, kInFlight);
    auto gpu = GpuAllocator::create(cpu, *rig.backend, {.frames_in_flight = kInFlight});
    ASSERT_TRUE(gpu) << gpu.error().message.view();
    std::deque<Readback> readbacks;
    std::uint64_t first = 1;
    for (unsigned f = 0; f < kFrames; ++f) {
      ASSERT_TRUE(gpu->begin_gpu_frame());
      if (f == 20) warm = rig.probe->counts();
      TransferBatch last;
      run_frame(rig, *gpu, compute, f % kInFlight, test, last, readbacks);
      ASSERT_FALSE(HasFatalFailure());
      ASSERT_TRUE(gpu->end_gpu_frame(std::move(last)));
      if (readbacks.size() <= kInFlight) continue;
      expect_scrambled(readbacks.front(), first++);
      readbacks.pop_front();
    }
    const vulkan_device::ProbeCounts end = rig.probe->counts();
    // Steady frames ask the device for no memory, and for its budget once.
    EXPECT_EQ(end.allocations, warm.allocations);
    EXPECT_EQ(end.frees, warm.frees);
    EXPECT_EQ(end.maps, warm.maps);
    const std::uint64_t frames = kFrames - 20;
    EXPECT_EQ(end.submissions - warm.submissions, test.caller               ? 0
                                                  : test.ends_with_copies() ? frames
                                                                            : 2 * frames);
    // However many heaps there are; frame 20's own lies before `warm`.
    EXPECT_EQ(end.budget_queries - warm.budget_queries, frames - 1);
    EXPECT_EQ(gpu->stats().allocation_count, readbacks.size());
    while (!readbacks.empty()) {
      expect_scrambled(readbacks.front(), first++);
      readbacks.pop_front();
    }
    EXPECT_TRUE(gpu->wait_idle());
    EXPECT_EQ(gpu->stats().allocated_bytes, 0U);
  }
  EXPECT_EQ(reports.count(), 0U) << reports.last();
}

}  // namespace
}  // namespace framealloc::gpu::vulkan_test
