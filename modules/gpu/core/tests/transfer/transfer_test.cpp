// SPDX-License-Identifier: MIT OR Apache-2.0
// Copies: what arrives, when, and which mistakes are named.
#include "../device/gpu_rig.hpp"

#include <framealloc/gpu.hpp>

#include <array>
#include <chrono>
#include <cstring>
#include <thread>

namespace framealloc::gpu::testing {
namespace {

using namespace std::chrono_literals;

std::vector<std::byte> pattern(std::size_t size, unsigned seed) {
  std::vector<std::byte> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 31 + seed);
  return bytes;
}

TEST(Transfer, UploadsAndReadsBackWithAndWithoutFrames) {
  for (const bool in_frame : {true, false}) {
    Rig rig;
    GpuBuffer buffer = rig.buffer(100000);
    const std::vector<std::byte> data = pattern(100000, 3);
    if (in_frame) {
      ASSERT_TRUE(rig.gpu->begin_gpu_frame());
    }
    TransferBatch batch = rig.gpu->begin_transfer();
    ASSERT_TRUE(batch.upload(buffer, std::span(data).first(40000)));
    ASSERT_TRUE(batch.upload(buffer, std::span(data).subspan(40000), 40000));
    Result<Readback> readback = batch.readback(buffer);
    ASSERT_TRUE(readback);
    EXPECT_EQ(batch.commands().size(), 3U);
    EXPECT_EQ(batch.bytes(), 200000U);
    EXPECT_FALSE(readback->ready());
    const std::uint64_t before = rig.device.counters().submissions;
    const Result<Ticket> ticket = batch.submit();
    ASSERT_TRUE(ticket);
    EXPECT_EQ(rig.device.counters().submissions - before, 1U);
    EXPECT_TRUE(batch.empty());
    EXPECT_TRUE(readback->ready());
    const Result<std::span<const std::byte>> bytes = readback->wait();
    ASSERT_TRUE(bytes);
    EXPECT_TRUE(std::equal(bytes->begin(), bytes->end(), data.begin(), data.end()));
    EXPECT_EQ(rig.device.device_bytes(buffer), data);
    if (in_frame) {
      ASSERT_TRUE(rig.gpu->end_gpu_frame());
    }
    rig.expect_sums();
  }
}

TEST(Transfer, NoWriteIsLostAndNoneIsSeenEarly) {
  for (const std::size_t atom :
       {std::size_t{1}, std::size_t{4}, std::size_t{64}, std::size_t{256}}) {
    SCOPED_TRACE(atom);
    HostBackendConfig config = HostBackendConfig::mobile();
    config.non_coherent_atom = atom;
    Rig rig(config);
    rig.device.set_completion(HostCompletion::Manual);
    // Cached memory is not coherent here, on both sides of the copies; odd sizes side by side.
    std::vector<GpuBuffer> sources, targets;
    for (std::size_t i = 0; i < 16; ++i) {
      sources.push_back(rig.buffer(1 + i * 29, Intent::HostCached));
      targets.push_back(rig.buffer(1 + i * 29, Intent::HostCached));
    }
    for (unsigned round = 1; round <= 3; ++round) {
      TransferBatch batch = rig.gpu->begin_transfer();
      std::vector<Readback> readbacks;
      for (std::size_t i = 0; i < sources.size(); ++i) {
        const std::vector<std::byte> data = pattern(sources[i].size(), round * 7 + unsigned(i));
        std::memcpy(sources[i].map().data(), data.data(), data.size());
        ASSERT_TRUE(batch.copy(sources[i], targets[i]));
        Result<Readback> readback = batch.readback(targets[i]);
        ASSERT_TRUE(readback);
        readbacks.push_back(*std::move(readback));
      }
      const Result<Ticket> ticket = batch.submit();
      ASSERT_TRUE(ticket);
      EXPECT_FALSE(rig.gpu->is_complete(*ticket));
      EXPECT_FALSE(readbacks[5].ready());
      ASSERT_TRUE(rig.gpu->wait(*ticket));
      for (std::size_t i = 0; i < sources.size(); ++i) {
        const std::vector<std::byte> data = pattern(sources[i].size(), round * 7 + unsigned(i));
        const std::span<std::byte> there = targets[i].map(MapMode::Read);
        ASSERT_TRUE(std::equal(there.begin(), there.end(), data.begin(), data.end())) << i;
        const Result<std::span<const std::byte>> back = readbacks[i].wait();
        ASSERT_TRUE(back);
        ASSERT_TRUE(std::equal(back->begin(), back->end(), data.begin(), data.end())) << i;
      }
    }
  }
}

TEST(Transfer, NamesMissingUsage) {
  Rig rig;
  Result<GpuBuffer> source = rig.gpu->allocate(
      GpuAllocRequirements(64, Intent::DeviceOnly).with_usage(BufferUsage::TransferSrc));
  Result<GpuBuffer> target = rig.gpu->allocate(
      GpuAllocRequirements(64, Intent::DeviceOnly).with_usage(BufferUsage::TransferDst));
  ASSERT_TRUE(source && target);
  TransferBatch batch = rig.gpu->begin_transfer();
  const std::array<std::byte, 16> data{};
  EXPECT_EQ(batch.copy(*target, *source).error().code, Code::FA412);
  EXPECT_EQ(batch.copy(*source, *source, {0, 32, 16}).error().code, Code::FA412);
  EXPECT_EQ(batch.upload(*source, data).error().code, Code::FA412);
  EXPECT_EQ(batch.readback(*target).error().code, Code::FA412);
  GpuBuffer none;
  EXPECT_EQ(batch.copy(none, *target).error().code, Code::FA412) << "no side to copy from";
  EXPECT_EQ(batch.copy(GpuSlice{}, *target).error().code, Code::FA412);
  EXPECT_EQ(batch.copy(*source, none).error().code, Code::FA011);
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(rig.book.take_all().size(), 7U);
  ASSERT_TRUE(batch.copy(*source, *target));
  ASSERT_TRUE(batch.submit());
}

TEST(Transfer, NamesRangesThatAreNone) {
  Rig rig;
  GpuBuffer a = rig.buffer(64), b = rig.buffer(64);
  TransferBatch batch = rig.gpu->begin_transfer();
  const std::array<std::byte, 65> data{};
  const auto refused = [](const auto& result) {
    return !result && result.error().code == Code::FA011;
  };
  EXPECT_TRUE(refused(batch.copy(a, b, {65, 0, 1})));
  EXPECT_TRUE(refused(batch.copy(a, b, {0, SIZE_MAX, 1})));
  EXPECT_TRUE(refused(batch.copy(a, b, {32, 0, 33})));
  EXPECT_TRUE(refused(batch.copy(a, b, {0, 32, 33})));
  EXPECT_TRUE(refused(batch.copy(a, b, {0, 0, 0})));
  EXPECT_TRUE(refused(batch.copy(a, b, {64, 0, SIZE_MAX})));
  EXPECT_TRUE(refused(batch.copy(a, a, {0, 16, 17})));
  EXPECT_TRUE(refused(batch.upload(a, data)));
  EXPECT_TRUE(refused(batch.upload(a, {})));
  EXPECT_TRUE(refused(batch.upload(a, std::span(data).first(1), 64)));
  EXPECT_TRUE(refused(batch.readback(a, 64)));
  EXPECT_TRUE(refused(batch.readback(a, 0, 65)));
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(rig.book.take_all().size(), 12U);
  ASSERT_TRUE(batch.copy(a, a, {0, 16, 16}));
  ASSERT_TRUE(batch.copy(a, b, {32, 0, SIZE_MAX}));
  EXPECT_EQ(batch.bytes(), 48U);
  ASSERT_TRUE(batch.submit());
}

TEST(Transfer, NamesMemoryOfAFrameThatIsOver) {
  Rig rig;
  GpuBuffer target = rig.buffer(4096);
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  const GpuSlice slice = rig.gpu->staging().alloc(64);
  Result<GpuBuffer> buffer = rig.gpu->frame_alloc({64, Intent::HostVisible});
  ASSERT_TRUE(slice && buffer);
  TransferBatch held = rig.gpu->begin_transfer();
  const std::array<std::byte, 16> data{};
  ASSERT_TRUE(held.upload(target, data));
  TransferBatch of_buffer = rig.gpu->begin_transfer();
  ASSERT_TRUE(of_buffer.copy(*buffer, target));
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  TransferBatch late = rig.gpu->begin_transfer();
  EXPECT_EQ(late.copy(slice, target).error().code, Code::FA415);
  EXPECT_EQ(late.copy(*buffer, target).error().code, Code::FA415);
  EXPECT_EQ(held.submit().error().code, Code::FA415);
  EXPECT_TRUE(held.empty()) << "the batch is dropped";
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  EXPECT_EQ(late.copy(slice, target).error().code, Code::FA415);
  EXPECT_EQ(of_buffer.submit().error().code, Code::FA415);
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(5, Code::FA415));
}

TEST(Transfer, NamesTheCpuThatGetsInTheWay) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  GpuBuffer source = rig.buffer(64, Intent::HostVisible),
            target = rig.buffer(64, Intent::HostCached);
  TransferBatch batch = rig.gpu->begin_transfer();
  ASSERT_TRUE(batch.copy(source, target));
  EXPECT_FALSE(source.map().empty());  // recorded is not submitted
  const Result<Ticket> ticket = batch.submit();
  ASSERT_TRUE(ticket);
  EXPECT_EQ(source.map(MapMode::Read).size(), 64U);
  EXPECT_EQ(target.map(MapMode::Write).size(), 64U);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{}) << "neither gets in the way";
  EXPECT_EQ(source.map(MapMode::Write).size(), 64U) << "reported, and still given";
  EXPECT_EQ(target.map(MapMode::Read).size(), 64U);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>(2, Code::FA413));
  ASSERT_TRUE(rig.gpu->wait(*ticket));
  EXPECT_EQ(source.map(MapMode::ReadWrite).size(), 64U);
  EXPECT_EQ(target.map(MapMode::ReadWrite).size(), 64U);
}

TEST(Transfer, BuffersMayEndBeforeTheirBatchAndTheGpu) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  GpuBuffer target = rig.buffer(4096);
  const std::vector<std::byte> data = pattern(4096, 9);
  {
    TransferBatch batch = rig.gpu->begin_transfer();
    {
      GpuBuffer source = rig.buffer(4096, Intent::HostVisible);
      std::memcpy(source.map().data(), data.data(), data.size());
      ASSERT_TRUE(batch.copy(source, target));
    }
    ASSERT_TRUE(rig.gpu->wait_idle());
    static_cast<void>(rig.gpu->trim());
    GpuBuffer other = rig.buffer(4096, Intent::HostVisible);
    std::memset(other.map().data(), 1, 4096);
    ASSERT_TRUE(batch.submit());
  }
  rig.frames(1);
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.device.device_bytes(target), data);
}

TEST(Transfer, ADroppedBatchDoesNothingAndGivesEverythingBack) {
  Rig rig;
  GpuBuffer buffer = rig.buffer(4096);
  Readback readback;
  {
    const std::vector<std::byte> data = pattern(4096, 1);
    TransferBatch batch = rig.gpu->begin_transfer();
    ASSERT_TRUE(batch.upload(buffer, data));
    Result<Readback> made = batch.readback(buffer);
    ASSERT_TRUE(made);
    readback = *std::move(made);
  }
  EXPECT_EQ(rig.device.counters().copies, 0U);
  EXPECT_FALSE(readback.ready());
  EXPECT_EQ(readback.wait().error().code, Code::FA419);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA419});
  readback = {};
  ASSERT_TRUE(rig.gpu->wait_idle());
  EXPECT_EQ(rig.gpu->stats().allocated_bytes, 4096U);
  rig.expect_sums();
}

TEST(Transfer, AReadbackSubmitsItsBatchWhenItIsWaitedFor) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  GpuBuffer buffer = rig.buffer(64);
  const std::vector<std::byte> data = pattern(64, 5);
  TransferBatch batch = rig.gpu->begin_transfer();
  ASSERT_TRUE(batch.upload(buffer, data));
  Result<Readback> readback = batch.readback(buffer);
  ASSERT_TRUE(readback);
  const Result<std::span<const std::uint64_t>> words = readback->wait_as<std::uint64_t>();
  ASSERT_TRUE(words);
  EXPECT_EQ(words->size(), 8U);
  EXPECT_EQ(std::memcmp(words->data(), data.data(), 64), 0);
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(batch.submit()->serial, 0U) << "nothing is left to submit";
}

TEST(Transfer, ATimeoutIsAnAnswerAndNoReport) {
  Rig rig;
  rig.device.set_completion(HostCompletion::Manual);
  GpuBuffer buffer = rig.buffer(64);
  TransferBatch batch = rig.gpu->begin_transfer();
  Result<Readback> readback = batch.readback(buffer);
  ASSERT_TRUE(readback);
  const Result<Ticket> ticket = batch.submit();
  ASSERT_TRUE(ticket);
  EXPECT_EQ(readback->wait(0ns).error().code, Code::FA419);
  EXPECT_EQ(rig.gpu->wait(*ticket, 0ns).error().code, Code::FA419);
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{});
  ASSERT_TRUE(readback->wait());
}

TEST(Transfer, SubmissionsThatFailAreNamedAndDropTheBatch) {
  Rig rig;
  GpuBuffer buffer = rig.buffer(64);
  const std::array<std::byte, 64> data{};
  TransferBatch batch = rig.gpu->begin_transfer();
  ASSERT_TRUE(batch.upload(buffer, data));
  rig.device.fail_submit_at(1);
  EXPECT_EQ(batch.submit().error().code, Code::FA419);
  EXPECT_TRUE(batch.empty());
  EXPECT_EQ(rig.book.codes(), std::vector<Code>{Code::FA419});
  ASSERT_TRUE(batch.upload(buffer, data));
  ASSERT_TRUE(batch.submit());
  for (std::uint64_t n = 1; n <= 12; ++n) {
    rig.device.fail_submit_at(n);
    for (int frame = 0; frame < 4; ++frame) {
      ASSERT_TRUE(rig.gpu->begin_gpu_frame()) << n << " " << frame;
      ASSERT_TRUE(batch.upload(buffer, data));
      static_cast<void>(batch.submit());
      static_cast<void>(rig.gpu->end_gpu_frame());
      rig.expect_sums();
    }
  }
  for (const Code code : rig.book.codes()) EXPECT_EQ(code, Code::FA419);
}

TEST(Transfer, ALostDeviceIsNamedAndLetsEverythingEnd) {
  Rig rig;
  GpuBuffer buffer = rig.buffer(64);
  const std::array<std::byte, 64> data{};
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  TransferBatch batch = rig.gpu->begin_transfer();
  ASSERT_TRUE(batch.upload(buffer, data));
  Result<Readback> readback = batch.readback(buffer);
  ASSERT_TRUE(readback);
  rig.device.lose_device();
  EXPECT_EQ(batch.submit().error().code, Code::FA419);
  EXPECT_FALSE(readback->wait());
  EXPECT_FALSE(rig.gpu->end_gpu_frame());
  EXPECT_FALSE(rig.gpu->wait_idle());
  for (const Code code : rig.book.codes()) EXPECT_EQ(code, Code::FA419);
}

TEST(Transfer, BatchesAndReadbacksMayOutliveTheirAllocator) {
  TransferBatch batch;
  Readback readback;
  GpuBuffer buffer;
  {
    Rig rig;
    buffer = rig.buffer(64);
    batch = rig.gpu->begin_transfer();
    const std::array<std::byte, 64> data{};
    ASSERT_TRUE(batch.upload(buffer, data));
    Result<Readback> made = batch.readback(buffer);
    ASSERT_TRUE(made);
    readback = *std::move(made);
    rig.gpu.reset();
    for (const Code code : rig.book.codes()) EXPECT_EQ(code, Code::FA007);
  }
  EXPECT_FALSE(readback.ready());
  EXPECT_EQ(readback.wait().error().code, Code::FA419);
  EXPECT_FALSE(batch.submit());
  batch = {};
}

TEST(Transfer, CallbacksRunOnceInOrderAtTheLatestAtTheEnd) {
  std::vector<int> order;
  struct Call {
    std::vector<int>* order;
    int number;
    static void run(void* self) {
      auto* const call = static_cast<Call*>(self);
      call->order->push_back(call->number);
    }
  };
  std::array<Call, 3> calls{Call{&order, 0}, Call{&order, 1}, Call{&order, 2}};
  {
    Rig rig;
    rig.device.set_completion(HostCompletion::Manual);
    rig.gpu->on_complete(Ticket{}, &Call::run, &calls[0]);
    EXPECT_EQ(order, std::vector<int>{0}) << "reached since ever";
    GpuBuffer a = rig.buffer(64), b = rig.buffer(64);
    TransferBatch batch = rig.gpu->begin_transfer();
    ASSERT_TRUE(batch.copy(a, b));
    const Result<Ticket> ticket = batch.submit();
    ASSERT_TRUE(ticket);
    rig.gpu->on_complete(*ticket, &Call::run, &calls[1]);
    EXPECT_EQ(order.size(), 1U);
    ASSERT_TRUE(rig.gpu->wait(*ticket));
    EXPECT_EQ(order, (std::vector<int>{0, 1}));
    ASSERT_TRUE(batch.copy(a, b));
    rig.gpu->on_complete(*batch.submit(), &Call::run, &calls[2]);
  }
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
}

TEST(Transfer, ThreadsRecordBatchesOfTheirOwn) {
  Rig rig;
  ASSERT_TRUE(rig.gpu->begin_gpu_frame());
  std::vector<GpuBuffer> buffers;
  for (int i = 0; i < 40; ++i) buffers.push_back(rig.buffer(1000));
  std::vector<TransferBatch> batches(4);
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      batches[thread] = rig.gpu->begin_transfer();
      for (std::size_t i = 0; i < 10; ++i) {
        const std::vector<std::byte> data = pattern(1000, unsigned(thread * 10 + i));
        EXPECT_TRUE(batches[thread].upload(buffers[thread * 10 + i], data));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (TransferBatch& batch : batches) ASSERT_TRUE(batch.submit());
  for (std::size_t i = 0; i < buffers.size(); ++i)
    EXPECT_EQ(rig.device.device_bytes(buffers[i]), pattern(1000, unsigned(i)));
  ASSERT_TRUE(rig.gpu->end_gpu_frame());
}

}  // namespace
}  // namespace framealloc::gpu::testing
