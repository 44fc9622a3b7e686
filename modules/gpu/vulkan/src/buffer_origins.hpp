// SPDX-License-Identifier: MIT OR Apache-2.0
// What the choice between queue and transfer queue must know of buffers and images.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>

namespace framealloc::gpu::vulkan_detail {

/// Of every buffer and image: whether the CPU alone writes it, and whether the queue can have
/// used it in a frame that has ended. An open-addressed table with linear probing; what has found
/// no place in it is unknown, and taken for the worst. Kept only where there is a transfer queue.
/// Thread contract: any thread.
class BufferOrigins {
 public:
  BufferOrigins() = default;
  BufferOrigins(const BufferOrigins&) = delete;
  BufferOrigins& operator=(const BufferOrigins&) = delete;
  ~BufferOrigins();

  /// `from_cpu`: nothing that runs on the GPU can write it.
  void add(std::uint64_t handle, bool from_cpu) noexcept;
  void remove(std::uint64_t handle) noexcept;
  /// Effect: the queue uses it from now on.
  void set_used(std::uint64_t handle) noexcept;
  /// Effect: what was made until now may have been used by the queue.
  void end_frame() noexcept;

  [[nodiscard]] bool from_cpu(std::uint64_t handle) noexcept;
  /// Result: whether it was made since the last frame ended, and copies on the queue have not used
  /// it.
  [[nodiscard]] bool fresh(std::uint64_t handle) noexcept;

 private:
  struct Entry {
    std::uint64_t handle = 0;  // 0: free
    std::uint64_t frame = 0;   // the count of ended frames when it was made
    bool from_cpu = false, used = false;
  };
  [[nodiscard]] std::size_t home(std::uint64_t handle) const noexcept;
  [[nodiscard]] Entry* find(std::uint64_t handle) noexcept;
  [[nodiscard]] bool grow() noexcept;

  std::mutex mutex_;
  Entry* entries_ = nullptr;
  std::size_t capacity_ = 0;  // 0, or a power of two
  std::size_t count_ = 0;
  std::uint64_t frame_ = 0;
};

}  // namespace framealloc::gpu::vulkan_detail
