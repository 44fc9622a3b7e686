// SPDX-License-Identifier: MIT OR Apache-2.0
// What an allocator holds at one moment, for tools: the memory inspector, `fa diff`, `fa insight`.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/figures.hpp>
#include <framealloc/frame_summary.hpp>
#include <framealloc/handle_stats.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/stats.hpp>
#include <framealloc/streaming_types.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc {

namespace detail {
class Instance;
}

/// The version of the schema that Snapshot::to_json() writes by default.
inline constexpr unsigned SNAPSHOT_VERSION = 1;
inline constexpr unsigned kSnapshotVersion2 = 2;
inline constexpr unsigned kSnapshotVersion3 = 3;

/// All sizes in bytes. Version 1 of the schema is for tools that know only that one; version 2 adds
/// units, the process, phases, budgets and devices; version 3 has everything. docs/snapshots.md
/// describes them.
struct FRAMEALLOC_API SnapshotBudget {
  std::size_t limit = 0;
  std::size_t used = 0;
  /// Result: 0 to 255, rounded down.
  [[nodiscard]] unsigned percent() const noexcept;
};
/// Frame bytes are those of the snapshot's frame: so far, or all of it once it has ended.
struct SnapshotSummary {
  std::size_t frame_bytes = 0;
  std::size_t pool_bytes = 0;
  std::size_t heap_bytes = 0;
  std::size_t total_bytes = 0;
  std::size_t peak_bytes = 0;
};
struct SnapshotThread {
  std::string id;
  std::string name;  ///< set by the program, else "thread <id>"
  std::size_t frame_bytes = 0;
  /// Blocks that the thread allocated and that have not returned to it, wherever they are used.
  std::size_t pool_bytes = 0;
  std::size_t heap_bytes = 0;
  std::size_t peak_bytes = 0;      ///< most frame bytes in any frame
  std::size_t reserved_bytes = 0;  ///< chunks of its arenas
  /// The budget for frame memory; its usage is frame_bytes. Absent if the thread has none.
  std::optional<SnapshotBudget> budget;
  /// The budget for pool memory; its usage is unfreed blocks of the thread's pages. Version 2 only.
  std::optional<SnapshotBudget> pool_budget;
};
/// One tag and kind.
struct SnapshotTag {
  std::string path;
  std::string thread;  ///< "*": all threads
  AllocKind kind = AllocKind::Frame;
  std::uint64_t alloc_count =
      0;  ///< pool and heap together; frame calls are not counted one by one
  std::size_t bytes = 0;
  /// From the behavior filter, see docs/behavior.md; while it is off 0, 0 and none.
  double avg_lifetime_frames = 0;
  double promotion_rate = 0;               ///< per frame
  std::vector<std::string> diagnostics{};  ///< codes
};
/// A limit of a tag or the global one; a limit of 0 means none.
struct SnapshotLimit {
  std::string tag;  ///< path; "" for untagged bytes, and for the global limit
  bool global = false;
  std::size_t soft_limit = 0;
  std::size_t hard_limit = 0;
  std::size_t used = 0;  ///< charged: held, plus what threads keep ready
  std::size_t peak = 0;
  std::uint64_t denials = 0;
};
struct SnapshotDeviceTag {
  std::string path;
  std::size_t bytes = 0;  ///< this and the following as in DeviceTagFigures
  std::size_t peak_bytes = 0;
  std::size_t subtree_bytes = 0;
  std::size_t limit = 0;
  std::uint64_t denials = 0;
};
/// A device whose memory a module hands out. Views in `totals` and `heaps` are empty.
struct SnapshotDevice {
  std::string name;  ///< if several have the same name, "#2" and so on is added
  DeviceFigures totals{};
  std::vector<DeviceHeapFigures> heaps{};
  std::vector<SnapshotDeviceTag> tags{};
};
/// Pool and heap blocks in use from one call site under one tag; needs check level 1.
struct SnapshotSite {
  std::string file;  ///< as the compiler spells it
  std::uint32_t line = 0;
  std::string function;
  std::string type;  ///< "" when unknown
  std::string tag;   ///< path, "" when untagged
  AllocKind kind = AllocKind::Pool;
  std::uint64_t count = 0;
  std::size_t bytes = 0;         ///< as requested
  std::uint64_t age_frames = 0;  ///< of the oldest
};
struct SnapshotDiagnostic {
  std::string code;
  std::optional<std::string> tag;
  std::string message;
};

struct FRAMEALLOC_API Snapshot {
  std::int64_t unix_seconds = 0;  ///< when it was made, UTC
  std::uint64_t frame = 0;
  std::uint64_t duration_us = 0;  ///< of the frame; 0 = not measured, see with_duration()
  SnapshotSummary summary{};
  std::vector<SnapshotThread> threads;
  std::vector<SnapshotTag> tags;
  struct {
    std::uint64_t to_pool = 0, to_heap = 0, to_scratch = 0, failed = 0;  ///< of the summary given
  } promotions{};
  struct {
    std::uint64_t pending = 0;
    std::uint64_t completed_total = 0;
  } transfers{};
  struct {
    std::uint64_t queue_depth = 0;
    std::uint64_t processed_total = 0;
  } deferred{};
  /// Of this frame alone, if the previous frame is known, as it is to SnapshotEmitter.
  std::uint64_t transfers_this_frame = 0;
  std::uint64_t deferred_this_frame = 0;
  std::vector<SnapshotDiagnostic> diagnostics;

  /// Version 2 only.
  std::uint64_t process_id = 0;
  std::string process_name;
  std::size_t reserved_bytes = 0;
  std::size_t peak_reserved_bytes = 0;
  std::size_t idle_bytes = 0;
  std::size_t metadata_bytes = 0;
  std::uint64_t allocation_count = 0;
  std::uint64_t deallocation_count = 0;
  std::vector<PhaseStats> phases;
  std::vector<SnapshotLimit> budgets;  ///< the global one first; only those with a limit
  std::vector<SnapshotDevice> devices;

  /// Version 3 only.
  std::vector<PoolClassFigures> pools;
  std::optional<HandleAllocatorStats> handles;  ///< absent while the part was never used
  std::optional<StreamingStats> streaming;
  std::vector<SnapshotSite> sites;  ///< the sites with the most bytes, at most kMaxSites
  static constexpr std::size_t kMaxSites = 50;

  Snapshot();
  Snapshot(const Snapshot& other);
  Snapshot(Snapshot&& other) noexcept;
  Snapshot& operator=(const Snapshot& other);
  Snapshot& operator=(Snapshot&& other) noexcept;
  ~Snapshot();
  /// Effect: makes an empty snapshot of that frame, with the current time.
  explicit Snapshot(std::uint64_t frame_number);
  Snapshot& with_duration(std::uint64_t microseconds) {
    duration_us = microseconds;
    return *this;
  }
  Snapshot& with_summary(const SnapshotSummary& all) {
    summary = all;
    return *this;
  }
  Snapshot& with_promotions(const FrameSummary& promoted);
  Snapshot& add_thread(SnapshotThread thread);
  Snapshot& add_tag(SnapshotTag tag);
  Snapshot& add_diagnostic(SnapshotDiagnostic diagnostic);
  Snapshot& add_device(SnapshotDevice device);

  /// Result: UTC as YYYY-MM-DDTHH:MM:SSZ.
  [[nodiscard]] std::string timestamp() const;
  /// Result: JSON of the schema's version, 1 to 3; empty for another.
  [[nodiscard]] std::string to_json(unsigned version = SNAPSHOT_VERSION) const;
};

/// Result: "frame", "pool", "heap" or "scratch".
[[nodiscard]] FRAMEALLOC_API std::string_view kind_name(AllocKind kind) noexcept;

/// Effect: none. Result: what the allocator holds now. Thread contract: any thread; consistent if
/// no thread allocates or frees during the call, otherwise each figure is correct by itself.
[[nodiscard]] Snapshot make_snapshot(detail::Instance& instance);

}  // namespace framealloc
