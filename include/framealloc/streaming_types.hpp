// SPDX-License-Identifier: MIT OR Apache-2.0
// The types of streaming: ids, priorities, states, policy, statistics.
#pragma once

#include <framealloc/ids.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace framealloc {

/// Names a streamed asset. Ids are never reused, so the id of an evicted or freed asset finds
/// nothing. A default-constructed id names none.
class StreamId {
 public:
  constexpr StreamId() = default;
  explicit constexpr StreamId(std::uint64_t raw) noexcept : raw_(raw) {}
  [[nodiscard]] constexpr std::uint64_t raw() const noexcept { return raw_; }
  [[nodiscard]] explicit constexpr operator bool() const noexcept { return raw_ != 0; }
  friend constexpr auto operator<=>(const StreamId&, const StreamId&) = default;

 private:
  std::uint64_t raw_ = 0;
};

enum class StreamPriority : std::uint8_t { Low, Normal, High, Critical /* never evicted */ };
inline constexpr std::size_t kStreamPriorities = 4;

enum class StreamState : std::uint8_t {
  Reserved,  ///< has memory, with no data yet
  Loading,   ///< a loader writes; never evicted
  Ready,     ///< may be read; may be evicted while there is no StreamRef to it
  Evicting,  ///< its eviction callback runs
  Failed     ///< the load failed; may be loaded again, freed or evicted
};

/// What reserve() may evict.
struct StreamingPolicy {
  /// Also evict assets of the same priority as the new one, not only of lower ones.
  bool evict_equal_priority = false;
  /// Evict nothing that was accessed in this many last frames, the current one included.
  std::uint64_t min_idle_frames = 0;
};

/// An asset that is about to be evicted. Its memory is still valid during the callback, so it can
/// be saved; `data` is null when nothing was loaded.
struct StreamEviction {
  StreamId id;
  std::string_view tag;  ///< path; valid during the call
  StreamPriority priority = StreamPriority::Normal;
  const void* data = nullptr;
  std::size_t size = 0;
};
/// Called with no lock held, on the thread that needs the memory; it may use the allocator. At that
/// point the asset can be neither accessed nor freed. Must not throw.
using StreamEvictionHandler = void (*)(const StreamEviction& eviction, void* context);

/// What is known of one asset.
struct StreamInfo {
  StreamState state = StreamState::Reserved;
  StreamPriority priority = StreamPriority::Normal;
  std::size_t size = 0;
  std::size_t loaded = 0;  ///< bytes
  std::uint32_t pins = 0;
  std::uint64_t idle_frames = 0;  ///< since it was last accessed
};

/// All sizes in bytes, counts of what is there now unless said.
struct StreamingStats {
  std::size_t budget = 0;
  std::size_t total_reserved = 0;      ///< of assets, as asked for
  std::size_t total_loaded = 0;        ///< of these, what loaders have brought
  std::uint64_t allocation_count = 0;  ///< assets
  std::uint64_t reserved_count = 0;    ///< in this state, and so on
  std::uint64_t loading_count = 0;
  std::uint64_t ready_count = 0;
  std::uint64_t evicting_count = 0;
  std::uint64_t failed_count = 0;
  std::uint64_t pinned_count = 0;
  std::size_t pinned_bytes = 0;
  std::size_t peak_reserved = 0;
  std::uint64_t evictions = 0;        ///< ever
  std::size_t evicted_bytes = 0;      ///< ever
  std::uint64_t denied_reserves = 0;  ///< ever
  std::uint64_t frame = 0;            ///< frames ended so far

  /// Result: share of the budget that is reserved, in percent; 0 without a budget.
  [[nodiscard]] double utilization_percent() const noexcept {
    return budget == 0 ? 0.0
                       : 100.0 * static_cast<double>(total_reserved) / static_cast<double>(budget);
  }
  /// Result: share of what is reserved that is loaded, in percent; 100 when nothing is reserved.
  [[nodiscard]] double load_progress_percent() const noexcept {
    return total_reserved == 0
               ? 100.0
               : 100.0 * static_cast<double>(total_loaded) / static_cast<double>(total_reserved);
  }
};

}  // namespace framealloc

template <>
struct std::hash<framealloc::StreamId> {
  [[nodiscard]] std::size_t operator()(const framealloc::StreamId& id) const noexcept {
    const std::uint64_t mixed = id.raw() * 0x9E3779B97F4A7C15ULL;
    return std::hash<std::uint64_t>{}(mixed ^ (mixed >> 32));
  }
};
