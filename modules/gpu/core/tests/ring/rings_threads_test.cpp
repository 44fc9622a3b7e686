// SPDX-License-Identifier: MIT OR Apache-2.0
// Threads that write frame memory while the device, frames behind, checks what it reads.
#include "../device/gpu_rig.hpp"

#include <framealloc/gpu.hpp>

#include <array>
#include <atomic>
#include <barrier>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

namespace framealloc::gpu::testing {
namespace {

constexpr unsigned kThreads = 4;
constexpr std::uint64_t kFrames = 300;

// What a thread has written in a frame; the device reads it when it gets to the frame.
struct Written {
  std::atomic<std::uint64_t>* wrong = nullptr;
  std::atomic<std::uint64_t>* checked = nullptr;
  std::size_t begin = 0, size = 0;
  unsigned char value = 0;

  static void check(std::span<std::byte> bytes, void* context) {
    const auto& written = *static_cast<const Written*>(context);
    std::uint64_t wrong = 0;
    for (const std::byte byte : bytes.subspan(written.begin, written.size))
      wrong += byte != static_cast<std::byte>(written.value) ? 1 : 0;
    written.wrong->fetch_add(wrong, std::memory_order_relaxed);
    written.checked->fetch_add(1, std::memory_order_relaxed);
  }
};

unsigned char value_of(std::uint64_t frame, unsigned thread, std::size_t i) {
  return static_cast<unsigned char>(frame * 31 + thread * 7 + i);
}

// One thread's part of a frame: slices of its ring, a buffer of the frame, copies of both into one
// that lives longer, and persistent buffers that come and go.
class Worker {
 public:
  Worker(Rig& rig, unsigned thread)
      : rig_(rig), thread_(thread), random_(thread * 977 + 5), target_(rig.buffer(kTarget)) {}

  // Result: the copies, for whoever may use the queue.
  TransferBatch work(std::uint64_t frame) {
    TransferBatch batch = rig_.gpu->begin_transfer();
    FrameRing& ring = rig_.gpu->staging();
    written_.clear();
    for (std::size_t i = 0; i < kSlices; ++i) {
      const std::size_t size = 1 + random_() % 700;
      const GpuSlice slice = ring.alloc(size, std::size_t{1} << (random_() % 9));
      EXPECT_TRUE(slice);
      EXPECT_EQ(slice.frame, frame);
      const unsigned char value = value_of(frame, thread_, i);
      std::memset(slice.data, value, size);
      EXPECT_TRUE(batch.copy(slice, target_, i * 1024));
      written_.push_back({nullptr, nullptr, i * 1024, size, value});
    }
    Result<GpuBuffer> of_frame = rig_.gpu->frame_alloc({512, Intent::HostVisible});
    EXPECT_TRUE(of_frame);
    const unsigned char value = value_of(frame, thread_, kSlices);
    std::memset(of_frame->map().data(), value, 512);
    EXPECT_TRUE(batch.copy(*of_frame, target_, {.dst_offset = kSlices * 1024}));
    written_.push_back({nullptr, nullptr, kSlices * 1024, 512, value});
    if (random_() % 4 == 0) held_ = rig_.buffer(1000 + random_() % 5000, Intent::HostVisible);
    return batch;
  }
  GpuBuffer& target() { return target_; }
  const std::vector<Written>& written() const { return written_; }

 private:
  static constexpr std::size_t kSlices = 24;
  static constexpr std::size_t kTarget = (kSlices + 1) * 1024;
  Rig& rig_;
  unsigned thread_;
  std::minstd_rand random_;
  GpuBuffer target_;
  GpuBuffer held_;
  std::vector<Written> written_;
};

TEST(FrameRingThreads, TheDeviceReadsWhatFourThreadsWroteOverThreeHundredFrames) {
  GpuConfig config;
  config.frames_in_flight = 2;
  config.ring_page = 16 * kKiB;
  config.ring_size = 64 * kKiB;
  Rig rig(HostBackendConfig::discrete(), config);
  rig.device.set_completion(HostCompletion::Manual);
  std::atomic<std::uint64_t> wrong{0}, checked{0};
  std::vector<std::vector<Written>> in_flight(kFrames);  // kernels point into them
  std::vector<TransferBatch> batches(kThreads);
  std::vector<Worker*> workers(kThreads, nullptr);
  std::barrier<> line(kThreads + 1);
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      Worker worker(rig, thread);
      workers[thread] = &worker;
      for (std::uint64_t frame = 1; frame <= kFrames; ++frame) {
        line.arrive_and_wait();  // the frame is open
        batches[thread] = worker.work(frame);
        line.arrive_and_wait();  // everybody has recorded
        line.arrive_and_wait();  // and it was submitted
      }
      line.arrive_and_wait();  // the device is done with the target
    });
  }
  std::uint64_t expected = 0;
  for (std::uint64_t frame = 1; frame <= kFrames; ++frame) {
    ASSERT_TRUE(rig.gpu->begin_gpu_frame());
    line.arrive_and_wait();
    line.arrive_and_wait();
    std::vector<Written>& written = in_flight[frame - 1];
    written.reserve(kThreads * 25);
    for (unsigned thread = 0; thread < kThreads; ++thread) {
      EXPECT_TRUE(batches[thread].submit());
      for (Written one : workers[thread]->written()) {
        one.wrong = &wrong;
        one.checked = &checked;
        written.push_back(one);
        rig.device.dispatch(workers[thread]->target(), &Written::check, &written.back());
        ++expected;
      }
    }
    line.arrive_and_wait();
    ASSERT_TRUE(rig.gpu->end_gpu_frame());
  }
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(checked.load(), expected);
  EXPECT_EQ(wrong.load(), 0U);
  line.arrive_and_wait();
  for (std::thread& thread : threads) thread.join();
  rig.expect_sums();
}

}  // namespace
}  // namespace framealloc::gpu::testing
