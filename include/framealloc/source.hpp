// SPDX-License-Identifier: MIT OR Apache-2.0
// Where an allocator's memory comes from. Everything a SmartAlloc uses, including its bookkeeping,
// comes from the one source named in its configuration.
#pragma once

#include <framealloc/compiler.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <string_view>

namespace framealloc {

/// Base class of user backends. Requests are large (chunks, bookkeeping blocks) and come from any
/// thread, concurrently: implementations must be thread-safe. Must outlive every SmartAlloc that
/// uses it.
class FRAMEALLOC_API MemorySource {
 public:
  virtual ~MemorySource() = default;
  /// Result: `bytes` bytes aligned to `alignment` (a power of two), or null.
  [[nodiscard]] virtual void* allocate(std::size_t bytes, std::size_t alignment) noexcept = 0;
  /// Requirement: exactly what allocate() returned for this size and alignment.
  virtual void deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept = 0;
  /// Effect: may release the range's physical memory; contents are lost, the range stays valid.
  virtual bool discard(void* address, std::size_t bytes) noexcept;
  /// Effect: makes the range inaccessible, for guard modes. Result: false if that is not possible.
  virtual bool protect(void* address, std::size_t bytes, bool accessible) noexcept;
  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
};

/// Pages from the operating system. `huge_pages` requests huge pages, `prefault` backs memory
/// immediately, and `numa_node`, if not negative, requests memory of that node.
class FRAMEALLOC_API SystemSource final : public MemorySource {
 public:
  explicit SystemSource(bool huge_pages = false, bool prefault = false, int numa_node = -1) noexcept
      : huge_pages_(huge_pages), prefault_(prefault), numa_node_(numa_node) {}
  void* allocate(std::size_t bytes, std::size_t alignment) noexcept override;
  void deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept override;
  bool discard(void* address, std::size_t bytes) noexcept override;
  bool protect(void* address, std::size_t bytes, bool accessible) noexcept override;
  std::string_view name() const noexcept override { return "system"; }

 private:
  bool huge_pages_;
  bool prefault_;
  int numa_node_;
};

/// Provides no memory. A SmartAlloc on it fails every request and uses no other memory.
class NullSource final : public MemorySource {
 public:
  void* allocate(std::size_t, std::size_t) noexcept override { return nullptr; }
  void deallocate(void*, std::size_t, std::size_t) noexcept override {}
  std::string_view name() const noexcept override { return "null"; }
};

/// Memory from a std::pmr::memory_resource, which must be thread-safe. Exceptions become null.
class FRAMEALLOC_API PmrSource final : public MemorySource {
 public:
  explicit PmrSource(std::pmr::memory_resource* resource) noexcept : resource_(resource) {}
  PmrSource(const PmrSource&) = default;
  PmrSource& operator=(const PmrSource&) = default;
  void* allocate(std::size_t bytes, std::size_t alignment) noexcept override;
  void deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept override;
  std::string_view name() const noexcept override { return "pmr"; }

 private:
  std::pmr::memory_resource* resource_;
};

/// Counts requests and forwards them to another source: for tests, and for engines that watch one.
class FRAMEALLOC_API CountingSource final : public MemorySource {
 public:
  explicit CountingSource(MemorySource& upstream) noexcept : upstream_(upstream) {}
  void* allocate(std::size_t bytes, std::size_t alignment) noexcept override;
  void deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept override;
  bool discard(void* address, std::size_t bytes) noexcept override;
  bool protect(void* address, std::size_t bytes, bool accessible) noexcept override;
  std::string_view name() const noexcept override { return "counting"; }
  [[nodiscard]] std::size_t bytes_in_use() const noexcept { return bytes_.load(); }
  [[nodiscard]] std::size_t peak_bytes() const noexcept { return peak_.load(); }
  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_.load(); }
  [[nodiscard]] std::uint64_t live_blocks() const noexcept { return live_.load(); }

 private:
  MemorySource& upstream_;
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::size_t> peak_{0};
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> live_{0};
};

/// Fails the n-th request (counted from 1), and with `sticky` every later one: fault injection.
class FRAMEALLOC_API FailingSource final : public MemorySource {
 public:
  FailingSource(MemorySource& upstream, std::uint64_t fail_at, bool sticky = false) noexcept
      : upstream_(upstream), fail_at_(fail_at), sticky_(sticky) {}
  void* allocate(std::size_t bytes, std::size_t alignment) noexcept override;
  void deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept override;
  bool discard(void* address, std::size_t bytes) noexcept override;
  bool protect(void* address, std::size_t bytes, bool accessible) noexcept override;
  std::string_view name() const noexcept override { return "failing"; }
  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_.load(); }
  [[nodiscard]] std::uint64_t failures() const noexcept { return failures_.load(); }

 private:
  MemorySource& upstream_;
  std::uint64_t fail_at_;
  bool sticky_;
  std::atomic<std::uint64_t> requests_{0};
  std::atomic<std::uint64_t> failures_{0};
};

/// Result: the process-wide source of plain system pages.
[[nodiscard]] FRAMEALLOC_API MemorySource& system_source() noexcept;

}  // namespace framealloc
