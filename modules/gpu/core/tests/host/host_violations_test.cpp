// SPDX-License-Identifier: MIT OR Apache-2.0
// What the host backend counts as wrong.
#include "host_rig.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <thread>

namespace framealloc::gpu {
namespace {

class HostViolationsTest : public HostRig {};

TEST_F(HostViolationsTest, CountsRangesOffTheAtomOrOutside) {
  const Bound made = make(1024, kNonCoherent);
  EXPECT_EQ(device.flush(made.memory, 1, 64), DeviceStatus::Failed);
  EXPECT_TRUE(violated("off the atom"));
  EXPECT_EQ(device.invalidate(made.memory, 0, 65), DeviceStatus::Failed);
  EXPECT_TRUE(violated("off the atom"));
  EXPECT_EQ(device.flush(made.memory, 65536, 64), DeviceStatus::Failed);
  EXPECT_TRUE(violated("outside"));
  EXPECT_EQ(device.flush(made.memory, 64, SIZE_MAX), DeviceStatus::Failed);
  EXPECT_TRUE(violated("outside"));
  const Bound local = make(64, kLocal);
  EXPECT_EQ(local.memory.mapped, nullptr);
  EXPECT_EQ(device.flush(local.memory, 0, 64), DeviceStatus::Failed);
  EXPECT_TRUE(violated("not visible"));
  end(made);
  end(local);
}

TEST_F(HostViolationsTest, CountsWhatIsFreedWhileASubmissionUsesIt) {
  device.set_completion(HostCompletion::Manual);
  const Bound from = make(64, kCoherent), to = make(64, kLocal);
  ASSERT_EQ(copy(from, to, 64, 1), DeviceStatus::Ok);
  device.destroy_buffer(to.buffer);
  EXPECT_TRUE(violated("destroy_buffer"));
  DeviceBuffer other;
  ASSERT_EQ(device.create_buffer(64, kCopies, other), DeviceStatus::Ok);
  EXPECT_EQ(device.bind_buffer(other.handle, to.memory, 48), DeviceStatus::Failed);
  EXPECT_TRUE(violated("reused"));
  EXPECT_EQ(device.bind_buffer(other.handle, to.memory, 64), DeviceStatus::Ok);
  device.free_memory(to.memory);
  EXPECT_TRUE(violated("free_memory"));
  device.complete();
  device.destroy_buffer(other.handle);
  device.free_memory(to.memory);
  end(from);
  EXPECT_TRUE(device.counters().violations == seen) << device.last_violation();
}

// Buffers are their threads', and what is done to them is judged whoever does it.
TEST_F(HostViolationsTest, CountsWhatOtherThreadsDo) {
  device.set_completion(HostCompletion::Manual);
  Bound from, to;
  std::thread([&] { from = make(64, kCoherent); }).join();
  std::thread([&] { to = make(64, kLocal); }).join();
  EXPECT_NE(from.buffer, to.buffer);
  EXPECT_EQ(device.counters().buffers_created, 2U);
  ASSERT_EQ(copy(from, to, 64, 1), DeviceStatus::Ok);
  std::thread([&] { device.destroy_buffer(to.buffer); }).join();
  EXPECT_TRUE(violated("destroy_buffer: a submission"));
  std::thread([&] { device.destroy_buffer(to.buffer); }).join();
  EXPECT_TRUE(violated("destroyed before"));
  DeviceBuffer other;
  ASSERT_EQ(device.create_buffer(64, kCopies, other), DeviceStatus::Ok);
  std::thread([&] {
    EXPECT_EQ(device.bind_buffer(other.handle, to.memory, 0), DeviceStatus::Failed);
  }).join();
  EXPECT_TRUE(violated("reused"));
  device.complete();
  std::thread([&] {
    EXPECT_EQ(device.bind_buffer(other.handle, to.memory, 0), DeviceStatus::Ok);
    device.destroy_buffer(other.handle);
  }).join();
  device.free_memory(to.memory);
  end(from);
  EXPECT_TRUE(device.counters().violations == seen) << device.last_violation();
}

TEST_F(HostViolationsTest, NoticesASourceThatTheCpuWritesTooEarly) {
  device.set_completion(HostCompletion::Manual);
  const Bound from = make(64, kCoherent), middle = make(64, kCoherent), to = make(64, kCoherent);
  ASSERT_EQ(copy(from, middle, 64, 1), DeviceStatus::Ok);
  ASSERT_EQ(copy(middle, to, 64, 2), DeviceStatus::Ok);  // its source changes by the first copy
  device.complete();
  EXPECT_EQ(device.counters().violations, 0U);
  ASSERT_EQ(copy(from, to, 64, 3), DeviceStatus::Ok);
  from.memory.mapped[63] = byte(9);
  device.complete();
  EXPECT_TRUE(violated("too early"));
  for (const Bound& each : {from, middle, to}) end(each);
}

TEST_F(HostViolationsTest, CountsBadCopies) {
  const Bound from = make(64, kCoherent, BufferUsage::TransferSrc);
  const Bound to = make(64, kCoherent, BufferUsage::TransferDst);
  EXPECT_EQ(copy(to, from, 64, 1), DeviceStatus::Failed);
  EXPECT_TRUE(violated("lacks the usage TransferSrc"));
  EXPECT_EQ(copy(from, from, 64, 1), DeviceStatus::Failed);
  EXPECT_TRUE(violated("lacks the usage TransferDst"));
  EXPECT_EQ(copy(from, to, 65, 1), DeviceStatus::Failed);
  EXPECT_TRUE(violated("outside"));
  EXPECT_EQ(copy(from, to, 8, 1, SIZE_MAX), DeviceStatus::Failed);
  EXPECT_TRUE(violated("outside"));
  const Bound both = make(64, kCoherent);
  EXPECT_EQ(copy(both, both, 32, 1, 0, 16), DeviceStatus::Failed);
  EXPECT_TRUE(violated("overlap"));
  EXPECT_EQ(copy(both, both, 32, 1, 0, 32), DeviceStatus::Ok);
  EXPECT_EQ(copy(both, both, 32, 1, 0, 32), DeviceStatus::Failed);
  EXPECT_TRUE(violated("rise"));
  for (const Bound& each : {from, to, both}) end(each);
}

TEST_F(HostViolationsTest, CountsCopiesOfBuffersWithoutMemory) {
  const Bound from = make(64, kCoherent), to = make(64, kCoherent), gone = make(64, kCoherent);
  DeviceBuffer unbound;
  ASSERT_EQ(device.create_buffer(64, kCopies, unbound), DeviceStatus::Ok);
  EXPECT_EQ(copy(from, {unbound.handle, {}}, 64, 1), DeviceStatus::Failed);
  EXPECT_TRUE(violated("the destination is no buffer, or has no memory"));
  device.free_memory(gone.memory);
  EXPECT_EQ(copy(gone, to, 64, 1), DeviceStatus::Failed);
  EXPECT_TRUE(violated("the source is no buffer, or has no memory"));
  device.destroy_buffer(gone.buffer);
  EXPECT_EQ(copy(from, gone, 64, 1), DeviceStatus::Failed);
  EXPECT_TRUE(violated("the destination is no buffer, or has no memory"));
  CopyCommand image;
  image.kind = CopyCommand::Kind::BufferToImage;
  image.src = from.buffer;
  image.size = 64;
  EXPECT_EQ(device.submit({&image, 1}, 1), DeviceStatus::Failed);
  EXPECT_TRUE(violated("no images"));
  EXPECT_EQ(device.pending(), 0U);
  EXPECT_EQ(device.counters().submissions, 0U);
  device.destroy_buffer(unbound.handle);
  end(from);
  end(to);
}

TEST_F(HostViolationsTest, CountsWhatIsWrongWithTheConfiguration) {
  HostBackendConfig config = HostBackendConfig::integrated();
  config.non_coherent_atom = 0;
  config.types.push_back(config.types[0]);
  config.types.back().heap = 5;
  HostBackend wrong(config);
  EXPECT_EQ(wrong.counters().violations, 2U);
  EXPECT_NE(wrong.last_violation().find("type 1 is of heap 5"), std::string::npos);
  EXPECT_EQ(wrong.needs_of(64, kCopies).type_mask, 1U);
  DeviceMemory memory;
  DeviceMemoryRequest request;
  request.type = 1;
  request.size = 64;
  EXPECT_EQ(wrong.allocate_memory(request, memory), DeviceStatus::Failed);
  EXPECT_EQ(wrong.info().non_coherent_atom, 1U);
}

TEST_F(HostViolationsTest, CountsBadMemory) {
  DeviceMemory memory;
  DeviceMemoryRequest request;
  request.type = 9;
  request.size = 64;
  EXPECT_EQ(device.allocate_memory(request, memory), DeviceStatus::Failed);
  EXPECT_TRUE(violated("no type 9"));
  request.type = kWindow;
  request.size = std::size_t{17} << 20;
  EXPECT_EQ(device.allocate_memory(request, memory), DeviceStatus::OutOfMemory);
  EXPECT_TRUE(violated("more than heap 2"));
  device.free_memory(memory);
  EXPECT_TRUE(violated("no such memory"));
  device.destroy_buffer(12345);
  EXPECT_TRUE(violated("no such buffer"));
  DeviceBuffer buffer;
  EXPECT_EQ(device.create_buffer(0, kCopies, buffer), DeviceStatus::Failed);
  EXPECT_TRUE(violated("create_buffer"));
}

TEST_F(HostViolationsTest, CountsBadBinds) {
  const Bound made = make(64, kCoherent);
  EXPECT_EQ(device.bind_buffer(made.buffer, made.memory, 0), DeviceStatus::Failed);
  EXPECT_TRUE(violated("bound before"));
  DeviceBuffer uniform, address;
  ASSERT_EQ(device.create_buffer(64, BufferUsage::UniformBuffer, uniform), DeviceStatus::Ok);
  EXPECT_EQ(device.bind_buffer(uniform.handle, made.memory, 16), DeviceStatus::Failed);
  EXPECT_TRUE(violated("aligned"));
  EXPECT_EQ(device.bind_buffer(uniform.handle, made.memory, 65536), DeviceStatus::Failed);
  EXPECT_TRUE(violated("outside"));
  ASSERT_EQ(device.create_buffer(64, BufferUsage::DeviceAddress, address), DeviceStatus::Ok);
  EXPECT_EQ(device.bind_buffer(address.handle, made.memory, 0), DeviceStatus::Failed);
  EXPECT_TRUE(violated("device addresses"));
  EXPECT_EQ(device.device_address(made.buffer), 0U);
  EXPECT_TRUE(violated("device_address"));
  device.destroy_buffer(uniform.handle);
  device.destroy_buffer(address.handle);
  end(made);
}

TEST_F(HostViolationsTest, CountsAllocationsAboveTheMaximum) {
  HostBackendConfig config = HostBackendConfig::integrated();
  config.max_allocation_count = 2;
  HostBackend small(config);
  std::array<DeviceMemory, 3> memory;
  DeviceMemoryRequest request;
  request.size = 64;
  EXPECT_EQ(small.allocate_memory(request, memory[0]), DeviceStatus::Ok);
  EXPECT_EQ(small.allocate_memory(request, memory[1]), DeviceStatus::Ok);
  EXPECT_EQ(small.allocate_memory(request, memory[2]), DeviceStatus::OutOfMemory);
  EXPECT_EQ(small.counters().violations, 1U);
  EXPECT_EQ(small.counters().peak_allocations, 2U);
  small.free_memory(memory[0]);
  small.free_memory(memory[1]);
  EXPECT_EQ(small.counters().live_allocations, 0U);
}

TEST_F(HostViolationsTest, AFullHeapDeniesWithoutAViolation) {
  DeviceMemoryRequest request;
  request.type = kWindow;
  request.size = std::size_t{16} << 20;
  DeviceMemory all, more;
  ASSERT_EQ(device.allocate_memory(request, all), DeviceStatus::Ok);
  request.size = 1;
  EXPECT_EQ(device.allocate_memory(request, more), DeviceStatus::OutOfMemory);
  EXPECT_EQ(device.counters().violations, 0U);
  device.free_memory(all);
}

TEST_F(HostViolationsTest, SaysWhatIsAliveAtItsEnd) {
  ::testing::internal::CaptureStderr();
  DeviceMemory memory;
  {
    HostBackend ending;
    DeviceMemoryRequest request;
    request.type = kCoherent;
    request.size = 64;
    ASSERT_EQ(ending.allocate_memory(request, memory), DeviceStatus::Ok);
  }
  EXPECT_NE(::testing::internal::GetCapturedStderr().find("1 device allocations and 0 buffers"),
            std::string::npos);
}

}  // namespace
}  // namespace framealloc::gpu
