// SPDX-License-Identifier: MIT OR Apache-2.0
// A host backend, with what a test needs of an allocator on it.
#pragma once

#include <framealloc/gpu/host_backend.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc::gpu {

inline constexpr BufferUsage kCopies = BufferUsage::TransferSrc | BufferUsage::TransferDst;
// Memory types of discrete().
inline constexpr unsigned kLocal = 0, kCoherent = 1, kWindow = 3, kNonCoherent = 4;

class HostRig : public ::testing::Test {
 protected:
  struct Bound {
    std::uint64_t buffer = 0;
    DeviceMemory memory;
  };

  Bound make(std::size_t size, unsigned type, BufferUsage usage = kCopies) {
    Bound made;
    DeviceBuffer buffer;
    EXPECT_EQ(device.create_buffer(size, usage, buffer), DeviceStatus::Ok);
    made.buffer = buffer.handle;
    DeviceMemoryRequest request;
    request.type = type;
    request.size = (size + 65535) / 65536 * 65536;
    EXPECT_EQ(device.allocate_memory(request, made.memory), DeviceStatus::Ok);
    EXPECT_EQ(device.bind_buffer(made.buffer, made.memory, 0), DeviceStatus::Ok);
    return made;
  }
  void end(const Bound& made) {
    device.destroy_buffer(made.buffer);
    device.free_memory(made.memory);
  }
  DeviceStatus copy(const Bound& from, const Bound& to, std::size_t size, std::uint64_t serial,
                    std::size_t from_offset = 0, std::size_t to_offset = 0) {
    CopyCommand command;
    command.src = from.buffer;
    command.dst = to.buffer;
    command.src_offset = from_offset;
    command.dst_offset = to_offset;
    command.size = size;
    return device.submit({&command, 1}, serial);
  }
  // Result: whether exactly one violation was counted since the last call, and its text names
  // `word`.
  ::testing::AssertionResult violated(std::string_view word) {
    const std::uint64_t now = device.counters().violations;
    const std::uint64_t fresh = now - seen;
    seen = now;
    if (fresh != 1) return ::testing::AssertionFailure() << fresh << " violations";
    if (device.last_violation().find(word) == std::string::npos) {
      return ::testing::AssertionFailure() << device.last_violation();
    }
    return ::testing::AssertionSuccess();
  }

  HostBackend device;
  std::uint64_t seen = 0;
};

inline std::byte byte(unsigned value) { return static_cast<std::byte>(value); }

}  // namespace framealloc::gpu
