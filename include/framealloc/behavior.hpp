// SPDX-License-Identifier: MIT OR Apache-2.0
// The findings of the behavior filter: memory whose kind does not fit its use.
#pragma once

#include <framealloc/codes.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc {

/// The values above which a metric is an issue (strictly above). A value type.
struct BehaviorThresholds {
  std::uint64_t frame_survival_frames = 60;  ///< FA501: frames that surviving frame data lives
  double frame_survival_rate = 0.5;          ///< FA502: share of a tag's frame bytes
  double pool_same_frame_free_rate = 0.8;    ///< FA510: share of a tag's pool allocations
  double promotion_churn_rate = 0.5;         ///< FA520: promotions per frame
  double heap_in_hot_path_count = 100;       ///< FA530: heap allocations in 60 frames
  std::uint64_t min_samples = 10;            ///< a tag with fewer is not judged
  std::uint64_t check_frames = 60;           ///< interval in which new issues are reported

  /// Result: thresholds that report almost everything (strict()), or only the worst issues
  /// (relaxed()).
  [[nodiscard]] static constexpr BehaviorThresholds strict() noexcept {
    return {10, 0.2, 0.5, 0.2, 10, 5, 60};
  }
  [[nodiscard]] static constexpr BehaviorThresholds relaxed() noexcept {
    return {300, 0.8, 0.95, 0.8, 1000, 50, 60};
  }
  constexpr BehaviorThresholds& with_frame_survival_frames(std::uint64_t frames) noexcept {
    frame_survival_frames = frames;
    return *this;
  }
  constexpr BehaviorThresholds& with_frame_survival_rate(double rate) noexcept {
    frame_survival_rate = rate;
    return *this;
  }
  constexpr BehaviorThresholds& with_pool_same_frame_free_rate(double rate) noexcept {
    pool_same_frame_free_rate = rate;
    return *this;
  }
  constexpr BehaviorThresholds& with_promotion_churn_rate(double per_frame) noexcept {
    promotion_churn_rate = per_frame;
    return *this;
  }
  constexpr BehaviorThresholds& with_heap_in_hot_path_count(double per_60_frames) noexcept {
    heap_in_hot_path_count = per_60_frames;
    return *this;
  }
  constexpr BehaviorThresholds& with_min_samples(std::uint64_t samples) noexcept {
    min_samples = samples;
    return *this;
  }
  /// 0 counts as 1.
  constexpr BehaviorThresholds& with_check_frames(std::uint64_t frames) noexcept {
    check_frames = frames;
    return *this;
  }
  friend constexpr bool operator==(const BehaviorThresholds&,
                                   const BehaviorThresholds&) noexcept = default;
};

/// One tag and kind (Frame, Pool, Heap), all threads, since the filter was enabled or reset.
/// docs/behavior.md has the source and the accuracy of each figure.
struct FRAMEALLOC_API BehaviorStats {
  std::string tag;  ///< path, "" when untagged
  AllocKind kind = AllocKind::Frame;
  /// Compared with min_samples. Pool and heap: calls. Frame, whose calls are not counted: retained
  /// objects whose frame has ended, and sightings of memory in a thread's long frame.
  std::uint64_t total_allocs = 0;
  std::uint64_t total_frees = 0;            ///< pool and heap
  std::uint64_t survived_frame_count = 0;   ///< frame: objects found to outlive their frame
  double total_lifetime_frames = 0;         ///< of what is counted in lifetime_count
  std::uint64_t lifetime_count = 0;         ///< pool and heap: allocations; frame: the survivors
  std::uint64_t promotion_count = 0;        ///< frame: objects moved to pool, heap or scratch
  std::uint64_t same_frame_samples = 0;     ///< pool: allocations in frames read by themselves
  std::uint64_t same_frame_frees = 0;       ///< pool: lower bound
  std::uint64_t same_frame_frees_most = 0;  ///< pool: upper bound
  std::size_t bytes_allocated = 0;          ///< frame: since then
  std::size_t survived_bytes = 0;           ///< frame: promoted, their records included
  std::size_t current_bytes = 0;            ///< at the last frame end; frame: of that frame
  std::size_t peak_bytes = 0;               ///< most at any frame end; frame: in any frame
  std::uint64_t first_seen_frame = 0;       ///< of the frames analyzed, from 1
  std::uint64_t last_alloc_frame = 0;
  std::uint64_t frames_analyzed = 0;

  /// Results: 0 when there is nothing to divide by.
  [[nodiscard]] double avg_lifetime_frames() const noexcept;
  [[nodiscard]] double survival_rate() const noexcept;         ///< 0 to 1, by bytes
  [[nodiscard]] double same_frame_free_rate() const noexcept;  ///< 0 to 1, from the lower bound
  [[nodiscard]] double promotion_rate() const noexcept;        ///< per frame since first seen
  [[nodiscard]] double allocs_per_frame() const noexcept;      ///< over the frames analyzed
};

struct FRAMEALLOC_API BehaviorIssue {
  Code code = Code::None;
  Severity level = Severity::Hint;
  std::string tag;
  AllocKind kind = AllocKind::Frame;
  double value = 0;  ///< in the threshold's unit
  double threshold = 0;
  std::string message;    ///< one sentence: the metric, its value, the threshold
  std::string_view help;  ///< of the code

  /// Result: a line with code, level, tag, kind and message, and one with the help.
  [[nodiscard]] std::string to_string() const;
};

struct FRAMEALLOC_API BehaviorReport {
  std::vector<BehaviorIssue> issues;  ///< most severe first, then by code and tag
  std::vector<BehaviorStats> stats;   ///< of tags and kinds with data, in order of tags
  BehaviorThresholds thresholds;
  std::uint64_t frames_analyzed = 0;
  bool filter_enabled = false;

  [[nodiscard]] bool empty() const noexcept;
  /// Result: the issues that are at least that severe.
  [[nodiscard]] std::vector<BehaviorIssue> issues_at_level(Severity least) const;
  [[nodiscard]] bool has_errors() const noexcept;  ///< no rule is an error as yet
  [[nodiscard]] bool has_warnings() const noexcept;
  /// Result: null if there is none.
  [[nodiscard]] const BehaviorStats* find(std::string_view tag, AllocKind kind) const noexcept;

  /// Result: one line.
  [[nodiscard]] std::string summary() const;
  /// Result: the summary, the issues, a table of the figures.
  [[nodiscard]] std::string to_text() const;
  /// Result: one object: "schema" ("framealloc.behavior.v1"), "enabled", "frames_analyzed",
  /// "thresholds", "issues" and "tags"; docs/behavior.md lists the members.
  [[nodiscard]] std::string to_json() const;
};

}  // namespace framealloc
