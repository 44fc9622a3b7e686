// SPDX-License-Identifier: MIT OR Apache-2.0
// Readbacks that belong to another thread than their batch, before it is submitted.
#include "../device/gpu_rig.hpp"

#include <framealloc/gpu.hpp>

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace framealloc::gpu::testing {
namespace {

// Hands readbacks from the thread that records to the one that has them.
class Mailbox {
 public:
  void put(Readback readback) {
    const std::lock_guard<std::mutex> guard(mutex_);
    readbacks_.push_back(std::move(readback));
  }
  std::vector<Readback> take() {
    const std::lock_guard<std::mutex> guard(mutex_);
    return std::exchange(readbacks_, {});
  }

 private:
  std::mutex mutex_;
  std::vector<Readback> readbacks_;
};

TEST(ReadbackThreads, OneMayEndOrBeAskedForWhileItsBatchIsRecordedAndSubmitted) {
  Rig rig;
  const GpuBuffer source = rig.buffer(4096);
  Mailbox mailbox;
  std::atomic<bool> over{false};
  std::size_t seen = 0, arrived = 0;
  std::thread other([&] {
    std::vector<Readback> held;
    for (bool last = false; !last;) {
      last = over.load(std::memory_order_acquire);
      for (Readback& readback : mailbox.take()) {
        ++seen;
        if (readback.ready()) ++arrived;
        if (seen % 3 != 0) held.push_back(std::move(readback));  // every third ends here
      }
      while (held.size() > 20) held.erase(held.begin(), held.begin() + 10);
    }
    for (Readback& readback : held) arrived += readback.ready() ? 1U : 0U;
  });
  for (int round = 0; round < 60; ++round) {
    TransferBatch batch = rig.gpu->begin_transfer();
    for (int copy = 0; copy < 20; ++copy) {
      Result<Readback> readback = batch.readback(source, 0, 64);
      ASSERT_TRUE(readback);
      mailbox.put(*std::move(readback));
    }
    if (round % 4 != 3) {
      ASSERT_TRUE(batch.submit());
    }  // else dropped
  }
  over.store(true, std::memory_order_release);
  other.join();
  EXPECT_EQ(seen, 60U * 20U);
  EXPECT_GT(arrived, 0U);
  ASSERT_TRUE(rig.gpu->wait_idle());
  rig.expect_sums();
}

TEST(ReadbackThreads, OneThatIsWaitedForSubmitsWhatItsBatchHasUntilThen) {
  Rig rig;
  std::mutex queue;  // the program's
  GpuBuffer source = rig.buffer(4096);
  {
    TransferBatch batch = rig.gpu->begin_transfer();
    const std::vector<std::byte> data(4096, std::byte{0x5A});
    ASSERT_TRUE(batch.upload(source, data));
    ASSERT_TRUE(batch.submit());
  }
  Mailbox mailbox;
  std::atomic<bool> over{false};
  std::size_t waited = 0;
  std::thread other([&] {
    for (bool last = false; !last;) {
      last = over.load(std::memory_order_acquire);
      for (Readback& readback : mailbox.take()) {
        const std::lock_guard<std::mutex> guard(queue);
        const Result<std::span<const std::byte>> bytes = readback.wait();
        ASSERT_TRUE(bytes) << bytes.error().message.view();
        ASSERT_EQ(bytes->size(), 64U);
        EXPECT_EQ(bytes->front(), std::byte{0x5A});
        ++waited;
      }
    }
  });
  TransferBatch batch = rig.gpu->begin_transfer();
  for (int copy = 0; copy < 600; ++copy) {
    const std::vector<std::byte> data(128, std::byte{0x5A});
    ASSERT_TRUE(batch.upload(source, data, 128 * static_cast<std::size_t>(copy % 32)));
    Result<Readback> readback = batch.readback(source, 0, 64);
    ASSERT_TRUE(readback);
    mailbox.put(*std::move(readback));
  }
  over.store(true, std::memory_order_release);
  other.join();
  EXPECT_EQ(waited, 600U);
  EXPECT_TRUE(batch.empty());
}

TEST(ReadbackThreads, TheBatchMayEndFirst) {
  Rig rig;
  const GpuBuffer source = rig.buffer(64);
  Readback dropped, brought;
  {
    TransferBatch batch = rig.gpu->begin_transfer();
    brought = *batch.readback(source);
    ASSERT_TRUE(batch.submit());
    dropped = *batch.readback(source);
  }
  EXPECT_TRUE(brought.ready());
  EXPECT_FALSE(dropped.ready());
  EXPECT_TRUE(brought.wait());
  EXPECT_EQ(dropped.wait().error().code, Code::FA419);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA419});
}

}  // namespace
}  // namespace framealloc::gpu::testing
