// SPDX-License-Identifier: MIT OR Apache-2.0
// Bookkeeping memory of the host, as a MemorySource.
#pragma once

#include <framealloc/smart_alloc.hpp>
#include <framealloc/source.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc::gpu::detail {

// Gives what SmartAlloc::bookkeeping_alloc() gives, and counts how often it had none. Thread
// contract: any thread.
class HostSource final : public MemorySource {
 public:
  explicit HostSource(const SmartAlloc& host) noexcept : host_(host) {}
  void* allocate(std::size_t bytes, std::size_t alignment) noexcept override;
  void deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept override;
  [[nodiscard]] std::string_view name() const noexcept override { return "gpu bookkeeping"; }
  [[nodiscard]] std::uint64_t failures() const noexcept {
    return failures_.load(std::memory_order_relaxed);
  }

 private:
  const SmartAlloc& host_;
  std::atomic<std::uint64_t> failures_{0};
};

}  // namespace framealloc::gpu::detail
