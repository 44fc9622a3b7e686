// SPDX-License-Identifier: MIT OR Apache-2.0
// Copies between the sides of buffers.
#include "coordinator_rig.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <span>
#include <thread>

namespace framealloc::coordinator::testing {
namespace {

void add_one(std::span<std::byte> bytes, void*) {
  for (std::byte& each : bytes) each = static_cast<std::byte>(std::to_integer<int>(each) + 1);
}

std::vector<std::byte> plus_one(std::vector<std::byte> bytes) {
  add_one(bytes, nullptr);
  return bytes;
}

std::vector<std::byte> copy_of(std::span<const std::byte> bytes) {
  return {bytes.begin(), bytes.end()};
}

TEST(UnifiedTransfer, UploadComputeReadBack) {
  Rig rig;
  rig.device.set_completion(gpu::HostCompletion::Manual);
  rig.begin();
  const std::vector<std::byte> bytes = pattern(3000, 7);
  auto buffer = *rig.unified->upload(
      std::span(bytes), gpu::BufferUsage::StorageBuffer | gpu::BufferUsage::TransferSrc);
  EXPECT_EQ(buffer.size(), 3000U);
  EXPECT_EQ(buffer.location(), BufferLocation::GpuOnly);
  EXPECT_TRUE(buffer.cpu_slice().empty());
  ASSERT_TRUE(rig.unified->submit_transfers());
  rig.device.dispatch(*buffer.gpu_buffer(), add_one, nullptr);
  auto readback = *rig.unified->readback(buffer, 100, 200);
  rig.finish();
  EXPECT_FALSE(readback.ready());
  EXPECT_EQ(rig.device.counters().submissions, 2U)
      << "uploads, and readbacks with the end of the frame";
  rig.device.complete();
  EXPECT_TRUE(readback.ready());
  const auto arrived = readback.wait();
  ASSERT_TRUE(arrived);
  const std::vector<std::byte> expected = plus_one(bytes);
  EXPECT_EQ(copy_of(*arrived),
            std::vector<std::byte>(expected.begin() + 100, expected.begin() + 300));
}

TEST(UnifiedTransfer, BackToTheCpuWhenItIsComplete) {
  Rig rig;
  rig.device.set_completion(gpu::HostCompletion::Manual);
  rig.begin();
  auto buffer = *rig.unified->create_cpu_buffer(500);
  EXPECT_EQ(buffer.last_transfer(), gpu::Ticket());
  const std::vector<std::byte> bytes = pattern(500, 3);
  std::ranges::copy(bytes, buffer.cpu_slice_mut().begin());
  ASSERT_TRUE(rig.unified->transfer(buffer, TransferDirection::CpuToGpu));
  buffer.cpu_slice_mut()[0] = std::byte{99};  // the bytes were taken at the call
  ASSERT_TRUE(rig.unified->submit_transfers());
  rig.device.dispatch(*buffer.gpu_buffer(), add_one, nullptr);
  ASSERT_TRUE(rig.unified->transfer(buffer, TransferDirection::GpuToCpu));
  EXPECT_EQ(buffer.location(), BufferLocation::Synchronized);
  const gpu::Ticket recorded = buffer.last_transfer();
  EXPECT_FALSE(rig.gpu->is_complete(recorded));
  const gpu::Ticket submitted = *rig.unified->submit_transfers();
  EXPECT_EQ(buffer.last_transfer(), submitted);
  EXPECT_LE(submitted, recorded)
      << "what is not submitted is complete with its frame at the latest";
  EXPECT_EQ(buffer.cpu_slice()[0], std::byte{99}) << "not here yet";
  rig.device.complete();
  EXPECT_TRUE(rig.gpu->is_complete(buffer.last_transfer()));
  EXPECT_EQ(copy_of(buffer.cpu_slice()), plus_one(bytes));
  rig.finish();
}

TEST(UnifiedTransfer, WaitSubmits) {
  Rig rig;
  rig.device.set_completion(gpu::HostCompletion::Manual);
  const std::vector<std::byte> bytes = pattern(64, 5);
  for (const bool in_frame : {false, true}) {
    if (in_frame) rig.begin();
    auto buffer = *rig.unified->upload(std::span(bytes));
    ASSERT_TRUE(rig.unified->transfer_to_cpu(buffer));
    const gpu::Ticket recorded = buffer.last_transfer();
    ASSERT_TRUE(rig.unified->wait(recorded));
    EXPECT_EQ(copy_of(buffer.cpu_slice()), bytes);
    ASSERT_TRUE(rig.unified->wait(recorded)) << "a ticket of before stays good";
    ASSERT_TRUE(rig.unified->wait(buffer.last_transfer()));
    if (in_frame) rig.finish();
  }
  EXPECT_TRUE(rig.unified->wait_idle());
  EXPECT_EQ(rig.device.pending(), 0U);
}

TEST(UnifiedTransfer, AReadbackThatIsWaitedForSubmitsWhatWasRecorded) {
  Rig rig;
  rig.device.set_completion(gpu::HostCompletion::Manual);
  rig.begin();
  const std::vector<std::byte> bytes = pattern(64, 5);
  auto buffer = *rig.unified->upload(std::span(bytes));
  auto other = *rig.unified->upload(std::span(bytes));
  ASSERT_TRUE(rig.unified->transfer_to_cpu(other));
  auto readback = *rig.unified->readback(buffer);
  EXPECT_EQ(readback.wait(std::chrono::nanoseconds::zero()).error().code, Code::FA419)
      << "submitted, and not complete";
  EXPECT_EQ(rig.device.pending(), 1U);
  ASSERT_TRUE(rig.unified->wait(other.last_transfer()));
  EXPECT_EQ(copy_of(other.cpu_slice()), bytes);
  const auto arrived = readback.wait();
  ASSERT_TRUE(arrived);
  EXPECT_EQ(copy_of(*arrived), bytes);
  const std::uint64_t before = rig.device.counters().submissions;
  ASSERT_TRUE(rig.unified->submit_transfers());
  EXPECT_EQ(rig.device.counters().submissions, before) << "nothing is left to submit";
  ASSERT_TRUE(rig.unified->upload(buffer, std::span(bytes)));
  rig.finish();
  EXPECT_EQ(rig.device.counters().submissions, before + 1) << "with the end of the frame";
}

TEST(UnifiedTransfer, UploadsIntoABufferThatThereIs) {
  Rig rig;
  rig.begin();
  auto buffer = *rig.unified->create_gpu_buffer(
      1000, gpu::BufferUsage::VertexBuffer | gpu::BufferUsage::TransferDst);
  const std::vector<std::byte> bytes = pattern(100, 2);
  ASSERT_TRUE(rig.unified->upload(buffer, std::span(bytes), 900));
  EXPECT_EQ(buffer.location(), BufferLocation::GpuOnly);
  const Result<void> outside = rig.unified->upload(buffer, std::span(bytes), 901);
  ASSERT_FALSE(outside);
  EXPECT_EQ(outside.error().code, Code::FA011);
  rig.book.expect({Code::FA011});
  auto plain = *rig.unified->create_cpu_buffer(100);
  ASSERT_TRUE(rig.unified->upload(plain, std::span(bytes)));
  EXPECT_EQ(plain.location(), BufferLocation::GpuOnly) << "the CPU's side is the older one";
  rig.finish();
  const auto seen = rig.device.device_bytes(*buffer.gpu_buffer());
  EXPECT_EQ(std::vector<std::byte>(seen.begin() + 900, seen.end()), bytes);
  EXPECT_EQ(rig.device.device_bytes(*plain.gpu_buffer()), bytes);
}

TEST(UnifiedTransfer, TwoHundredUploadsOfFourThreadsAreOneSubmission) {
  Rig rig;
  rig.begin();
  const std::uint64_t before = rig.device.counters().submissions;
  std::vector<std::vector<UnifiedBuffer>> buffers(4);
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&rig, &mine = buffers[thread], thread] {
      for (unsigned i = 0; i < 50; ++i) {
        const std::vector<std::byte> bytes = pattern(100 + 40 * i, 50 * thread + i);
        auto uploaded = rig.unified->upload(std::span(bytes));
        ASSERT_TRUE(uploaded);
        mine.push_back(*std::move(uploaded));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(rig.device.counters().submissions, before);
  const Result<gpu::Ticket> ticket = rig.unified->submit_transfers();
  ASSERT_TRUE(ticket);
  EXPECT_EQ(rig.device.counters().submissions, before + 1);
  EXPECT_EQ(rig.device.counters().copies, 200U);
  for (unsigned thread = 0; thread < 4; ++thread) {
    for (unsigned i = 0; i < 50; ++i) {
      EXPECT_EQ(buffers[thread][i].last_transfer(), *ticket);
      EXPECT_EQ(rig.device.device_bytes(*buffers[thread][i].gpu_buffer()),
                pattern(100 + 40 * i, 50 * thread + i));
    }
  }
  EXPECT_EQ(*rig.unified->submit_transfers(), *ticket) << "nothing recorded: nothing submitted";
  EXPECT_EQ(rig.device.counters().submissions, before + 1);
  rig.finish();
}

// Threads that upload whenever they please, over the ends of frames.
TEST(UnifiedTransfer, UploadsMayCrossTheEndsOfFrames) {
  constexpr std::size_t kSize = 40 * kKiB;  // large enough for a frame to end in the middle of one
  Rig rig;
  std::atomic<int> running{3};
  std::vector<std::vector<std::pair<UnifiedBuffer, unsigned>>> kept(3);
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&rig, &running, &mine = kept[thread], thread] {
      for (unsigned i = 0; i < 60; ++i) {
        const unsigned seed = 100 * thread + i;
        const std::vector<std::byte> bytes = pattern(kSize, seed);
        auto uploaded = rig.unified->upload(std::span(bytes));
        EXPECT_TRUE(uploaded) << uploaded.error().message.view();
        if (uploaded) mine.emplace_back(*std::move(uploaded), seed);
      }
      --running;
    });
  }
  while (running != 0) {
    rig.begin();
    rig.finish();
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_TRUE(rig.unified->wait_idle());
  for (const auto& mine : kept) {
    EXPECT_EQ(mine.size(), 60U);
    for (const auto& [buffer, seed] : mine)
      EXPECT_TRUE(rig.device.device_bytes(*buffer.gpu_buffer()) == pattern(kSize, seed)) << seed;
  }
}

// Buffers with a readback that is not submitted yet end on any thread.
TEST(UnifiedTransfer, ReadbacksMayBeDroppedOnAnyThread) {
  Rig rig;
  std::atomic<int> running{3};
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < 3; ++thread) {
    threads.emplace_back([&rig, &running, thread] {
      for (unsigned i = 0; i < 60; ++i) {
        const std::vector<std::byte> bytes = pattern(300, 100 * thread + i);
        auto buffer = rig.unified->upload(std::span(bytes));
        EXPECT_TRUE(buffer && rig.unified->transfer_to_cpu(*buffer));
        if (i % 3 == 0 || !buffer) continue;  // ends here
        if (i % 3 == 1) {
          EXPECT_TRUE(rig.unified->transfer_to_cpu(*buffer));  // instead of the first
          continue;
        }
        while (!rig.gpu->is_complete(buffer->last_transfer())) std::this_thread::yield();
        EXPECT_EQ(copy_of(buffer->cpu_slice()), bytes);
      }
      --running;
    });
  }
  while (running != 0) {
    rig.begin();
    ASSERT_TRUE(rig.unified->submit_transfers());
    rig.finish();
  }
  for (std::thread& thread : threads) thread.join();
}

// What a pressure handler does.
TEST(UnifiedTransfer, AHandlerMayLetBuffersGoAndNotTransfer) {
  gpu::HostBackendConfig device = gpu::HostBackendConfig::integrated();
  device.heaps[0].size = kMiB;
  gpu::GpuConfig config;
  config.ring_page = 4 * kKiB;
  config.ring_size = 64 * kKiB;
  config.block_size = 64 * kKiB;
  Rig rig(nullptr, device, config);
  struct Context {
    Rig& rig;
    std::vector<UnifiedBuffer> spare;
    std::vector<Code> refused;
  } context{rig, {}, {}};
  rig.begin();
  auto source = *rig.unified->create_gpu_buffer(200 * kKiB, gpu::BufferUsage::TransferSrc);
  for (;;) {
    auto made = rig.unified->create_gpu_buffer(200 * kKiB, gpu::BufferUsage::TransferSrc);
    if (!made) break;
    ASSERT_TRUE(rig.unified->transfer_to_cpu(source));
    context.spare.push_back(*std::move(made));
  }
  rig.book.take_all();
  ASSERT_FALSE(context.spare.empty());
  rig.gpu->on_pressure(
      [](const gpu::GpuPressureEvent&, void* in) {
        auto& at = *static_cast<Context*>(in);
        at.refused.push_back(at.rig.unified->submit_transfers().error().code);
        at.spare.clear();
      },
      &context);
  // Denied or not: frame memory is in the way of the spare buffers until the GPU is done.
  (void)rig.unified->readback(source);
  rig.gpu->on_pressure(nullptr);
  rig.book.take_all();
  EXPECT_TRUE(context.spare.empty());
  ASSERT_FALSE(context.refused.empty());
  EXPECT_EQ(context.refused[0], Code::FA011);
  rig.finish();
}

TEST(UnifiedTransfer, TicketsOfManySubmissionsStayInOrder) {
  Rig rig;
  const std::vector<std::byte> bytes = pattern(16, 1);
  auto first = *rig.unified->upload(std::span(bytes));
  const gpu::Ticket ticket = *rig.unified->submit_transfers();
  EXPECT_EQ(first.last_transfer(), ticket);
  gpu::Ticket last;
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(rig.unified->upload(first, std::span(bytes).first(1)));
    auto other = *rig.unified->upload(std::span(bytes));
    last = *rig.unified->submit_transfers();
    if (i == 0) first = std::move(other);
  }
  EXPECT_GE(first.last_transfer(), ticket);
  EXPECT_LE(first.last_transfer(), last);
  EXPECT_TRUE(rig.gpu->is_complete(first.last_transfer()));
}

TEST(UnifiedTransfer, NonCoherentMemoryIsReadBackWhole) {
  Rig rig(nullptr, gpu::HostBackendConfig::mobile());
  rig.device.set_completion(gpu::HostCompletion::Manual);
  for (unsigned frame = 0; frame < 6; ++frame) {
    rig.begin();
    const std::vector<std::byte> bytes = pattern(777, frame);
    auto buffer = *rig.unified->upload(std::span(bytes));
    ASSERT_TRUE(rig.unified->transfer_to_cpu(buffer));
    rig.finish();
    ASSERT_TRUE(rig.unified->wait(buffer.last_transfer()));
    EXPECT_EQ(copy_of(buffer.cpu_slice()), bytes);
  }
}

}  // namespace
}  // namespace framealloc::coordinator::testing
