// SPDX-License-Identifier: MIT OR Apache-2.0
// What happened to the memory of a frame when it ended.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>
#include <type_traits>
#include <utility>

namespace framealloc {

/// Why a retained object could not be moved out of its frame.
enum class PromotionFailure : std::uint8_t {
  None,
  BudgetExceeded,       ///< a limit denied: of a tag, of a thread, or the global one
  ScratchPoolNotFound,  ///< and the policy names no capacity with which to make it
  ScratchPoolFull,      ///< it holds too much else
  TooLarge,             ///< it could not hold the object even when empty
  OutOfMemory,          ///< the memory source was exhausted
  NotMovable,           ///< the type has no move or copy constructor
  InternalError,
};
inline constexpr int kPromotionFailures = 8;
/// Result: in words, as "budget exceeded"; "none" for None.
[[nodiscard]] FRAMEALLOC_API std::string_view to_string(PromotionFailure failure) noexcept;

/// Number of failures by reason.
struct FRAMEALLOC_API FailureBreakdown {
  std::size_t budget_exceeded = 0;
  std::size_t scratch_pool_not_found = 0;
  std::size_t scratch_pool_full = 0;
  std::size_t too_large = 0;
  std::size_t out_of_memory = 0;
  std::size_t not_movable = 0;
  std::size_t internal_error = 0;
  /// Effect: one failure more. None counts as an internal error.
  void add(PromotionFailure failure) noexcept;
  [[nodiscard]] std::size_t total() const noexcept {
    return budget_exceeded + scratch_pool_not_found + scratch_pool_full + too_large +
           out_of_memory + not_movable + internal_error;
  }
};

/// Views are valid while the allocator lives. Bytes of retained objects are their sizes.
struct TagSummary {
  std::string_view tag;             ///< path; "" when untagged
  std::size_t discarded_bytes = 0;  ///< frame bytes of the tag that ended with the frame
  std::size_t promoted_bytes = 0;
  std::size_t failed_bytes = 0;
};
/// Retained objects only, by the innermost phase that was open when they were made: a phase's frame
/// bytes as a whole are in SmartAlloc::phase_stats().
struct PhaseSummary {
  std::string_view phase;  ///< "" outside of phases
  std::size_t discarded_bytes = 0;
  std::size_t promoted_bytes = 0;
  std::size_t failed_bytes = 0;
};

/// The rows of a summary, in memory of the allocator, so a summary does not call malloc. A copy
/// whose memory is denied is empty. Requirement: it is destroyed before the allocator.
template <class Row>
class SummaryRows {
 public:
  SummaryRows() noexcept = default;
  /// For the library. Effect: room for `capacity` rows; none when memory is denied.
  SummaryRows(detail::MetadataAllocator& metadata, std::size_t capacity) noexcept
      : metadata_(&metadata) {
    if (capacity == 0) return;
    rows_ = static_cast<Row*>(metadata.allocate(capacity * sizeof(Row)));
    capacity_ = rows_ == nullptr ? 0 : capacity;
  }
  SummaryRows(const SummaryRows& other) noexcept {
    if (other.metadata_ == nullptr) return;
    SummaryRows copy(*other.metadata_, other.size_);
    for (const Row& row : other) {
      if (!copy.push_back(row)) break;
    }
    swap(copy);
  }
  SummaryRows(SummaryRows&& other) noexcept { swap(other); }
  SummaryRows& operator=(SummaryRows other) noexcept {
    swap(other);
    return *this;
  }
  ~SummaryRows() {
    if (rows_ != nullptr) metadata_->deallocate(rows_, capacity_ * sizeof(Row));
  }
  void swap(SummaryRows& other) noexcept {
    detail::swap_values(metadata_, other.metadata_);
    detail::swap_values(rows_, other.rows_);
    detail::swap_values(size_, other.size_);
    detail::swap_values(capacity_, other.capacity_);
  }

  [[nodiscard]] const Row* begin() const noexcept { return rows_; }
  [[nodiscard]] const Row* end() const noexcept { return rows_ + size_; }
  [[nodiscard]] Row* begin() noexcept { return rows_; }
  [[nodiscard]] Row* end() noexcept { return rows_ + size_; }
  [[nodiscard]] const Row* data() const noexcept { return rows_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] const Row& operator[](std::size_t i) const noexcept { return rows_[i]; }
  [[nodiscard]] Row& operator[](std::size_t i) noexcept { return rows_[i]; }
  void resize_down(std::size_t n) noexcept { size_ = n < size_ ? n : size_; }
  /// Result: false when there is no room.
  bool push_back(const Row& row) noexcept {
    static_assert(std::is_trivially_copyable_v<Row>);
    if (size_ == capacity_) return false;
    ::new (rows_ + size_++) Row(row);
    return true;
  }

 private:
  detail::MetadataAllocator* metadata_ = nullptr;
  Row* rows_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

/// One frame, over all threads that shared it. With several frames in flight it is the frame whose
/// memory ended: that is when objects are promoted.
struct FrameSummary {
  std::uint64_t frame_number = 0;   ///< 0: no frame's memory ended
  std::size_t frame_bytes = 0;      ///< held at its end, rounding and records included
  std::size_t discarded_bytes = 0;  ///< of these, what was neither promoted nor failed
  std::size_t discarded_count = 0;  ///< retained objects whose policy was to end with the frame
  std::size_t promoted_pool_bytes = 0;
  std::size_t promoted_pool_count = 0;
  std::size_t promoted_heap_bytes = 0;
  std::size_t promoted_heap_count = 0;
  std::size_t promoted_scratch_bytes = 0;
  std::size_t promoted_scratch_count = 0;
  std::size_t failed_bytes = 0;
  std::size_t failed_count = 0;
  FailureBreakdown failures_by_reason;
  SummaryRows<TagSummary> by_tag;      ///< tags with bytes in the frame
  SummaryRows<PhaseSummary> by_phase;  ///< phases with retained objects

  [[nodiscard]] std::size_t total_retained_bytes() const noexcept {
    return promoted_pool_bytes + promoted_heap_bytes + promoted_scratch_bytes;
  }
  [[nodiscard]] std::size_t total_retained_count() const noexcept {
    return promoted_pool_count + promoted_heap_count + promoted_scratch_count;
  }
  /// Result: share of the objects to be promoted that were promoted, 0 to 1; 1 if there were none.
  [[nodiscard]] double promotion_success_rate() const noexcept {
    const std::size_t tried = total_retained_count() + failed_count;
    if (tried == 0) return 1.0;
    return static_cast<double>(total_retained_count()) / static_cast<double>(tried);
  }
};

}  // namespace framealloc
