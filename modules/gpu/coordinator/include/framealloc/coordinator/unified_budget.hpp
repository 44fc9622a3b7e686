// SPDX-License-Identifier: MIT OR Apache-2.0
// One budget over the CPU's memory and the GPU's.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/coordinator/words.hpp>
#include <framealloc/gpu/reservation_guard.hpp>
#include <framealloc/source.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace framealloc::coordinator {

/// Limits on what is reserved, on both sides and together. A request that would pass one is denied
/// before it is made: no figure is ever above its limit, unless set_limits() has lowered that.
/// Outlives the allocators that it limits.
///
/// Thread contract: any thread. Where two requests compete for the last bytes below a limit, each
/// of them may be denied.
class UnifiedBudgetManager {
 public:
  /// Null `upstream`: the system.
  explicit UnifiedBudgetManager(const UnifiedLimits& limits = {},
                                MemorySource* upstream = nullptr) noexcept;
  [[nodiscard]] static UnifiedLimits with_limits(std::size_t cpu, std::size_t gpu) noexcept {
    return {cpu, gpu, cpu > SIZE_MAX - gpu ? SIZE_MAX : cpu + gpu};
  }
  UnifiedBudgetManager(const UnifiedBudgetManager&) = delete;
  UnifiedBudgetManager& operator=(const UnifiedBudgetManager&) = delete;
  ~UnifiedBudgetManager() = default;

  /// Give it to AllocConfig::upstream: then all that the CPU's allocator reserves is counted here.
  [[nodiscard]] MemorySource& cpu_source() noexcept FRAMEALLOC_LIFETIMEBOUND { return source_; }
  /// What a UnifiedAllocator attaches to its GpuAllocator. Without one, give it to
  /// GpuAllocator::set_reservation_guard().
  [[nodiscard]] gpu::ReservationGuard& gpu_guard() noexcept FRAMEALLOC_LIFETIMEBOUND {
    return guard_;
  }

  /// Result: whether so much more would be granted now: on that side, and together.
  [[nodiscard]] bool check_cpu_budget(std::size_t bytes) const noexcept;
  [[nodiscard]] bool check_gpu_budget(std::size_t bytes) const noexcept;
  /// Result: whether both sides together may hold so much more, whatever limit each has.
  [[nodiscard]] bool check_combined_budget(std::size_t bytes) const noexcept;

  /// Result: bytes reserved.
  [[nodiscard]] std::size_t cpu_usage() const noexcept;
  [[nodiscard]] std::size_t gpu_usage() const noexcept;
  /// Result: the most that both sides have held at once, in bytes.
  [[nodiscard]] std::size_t peak_combined_usage() const noexcept;
  /// Result: usage by limit, 0 to 1, above 1 where set_limits() went below the usage; 0 without a
  /// limit.
  [[nodiscard]] double cpu_utilization() const noexcept;
  [[nodiscard]] double gpu_utilization() const noexcept;
  [[nodiscard]] double combined_utilization() const noexcept;
  /// Result: requests denied, ever, on both sides.
  [[nodiscard]] std::uint64_t denials() const noexcept;
  [[nodiscard]] UnifiedLimits limits() const noexcept;
  /// Effect: what is above a new limit stays; it is growth that is denied.
  void set_limits(const UnifiedLimits& limits) noexcept;

 private:
  // Bytes under a limit.
  class Meter {
   public:
    // Result: whether it was granted; `now` is what is used with it then.
    [[nodiscard]] bool charge(std::size_t bytes, std::size_t& now) noexcept;
    void release(std::size_t bytes) noexcept { used_.fetch_sub(bytes, std::memory_order_relaxed); }
    [[nodiscard]] bool grants(std::size_t bytes) const noexcept;
    [[nodiscard]] double utilization() const noexcept;
    [[nodiscard]] std::size_t used() const noexcept {
      return used_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::size_t limit() const noexcept {
      return limit_.load(std::memory_order_relaxed);
    }
    [[nodiscard]] std::size_t most_allowed() const noexcept {
      const std::size_t bytes = limit();
      return bytes == 0 ? SIZE_MAX : bytes;
    }
    void set_limit(std::size_t bytes) noexcept { limit_.store(bytes, std::memory_order_relaxed); }

   private:
    std::atomic<std::size_t> used_{0};
    std::atomic<std::size_t> limit_{0};
  };
  // The CPU's side, as the source of an allocator.
  class Source final : public MemorySource {
   public:
    Source(UnifiedBudgetManager& budget, MemorySource& upstream) noexcept
        : budget_(budget), upstream_(upstream) {}
    void* allocate(std::size_t bytes, std::size_t alignment) noexcept override;
    void deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept override;
    bool discard(void* address, std::size_t bytes) noexcept override;
    bool protect(void* address, std::size_t bytes, bool accessible) noexcept override;
    std::string_view name() const noexcept override { return "unified budget"; }

   private:
    UnifiedBudgetManager& budget_;
    MemorySource& upstream_;
  };
  // The GPU's side, beside the budgets of its heaps.
  class Guard final : public gpu::ReservationGuard {
   public:
    explicit Guard(UnifiedBudgetManager& budget) noexcept : budget_(budget) {}
    bool charge(std::size_t bytes) noexcept override;
    void release(std::size_t bytes) noexcept override;

   private:
    UnifiedBudgetManager& budget_;
  };

  [[nodiscard]] bool charge(Meter& side, std::size_t bytes) noexcept;
  void release(Meter& side, std::size_t bytes) noexcept;

  Meter cpu_, gpu_, combined_;
  std::atomic<std::size_t> peak_{0};
  std::atomic<std::uint64_t> denials_{0};
  Source source_;
  Guard guard_;
};

}  // namespace framealloc::coordinator
