// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fa_demo {

class JobCrew;
struct Options;

struct TagUse {
  std::string name;
  std::size_t frame_bytes = 0;       ///< held when the frame held the most
  std::size_t frame_peak_bytes = 0;  ///< the most at the end of any frame so far
  std::size_t pool_bytes = 0;
  std::size_t heap_bytes = 0;
};

struct PhaseUse {
  std::string name;
  std::size_t frame_bytes = 0;  ///< taken in this frame, scratch that was given back included
};

struct BudgetUse {
  std::string tag;
  std::size_t limit = 0;
  std::size_t used = 0;
  std::size_t peak = 0;
  std::uint64_t denials = 0;
};

/// What an allocator can say about one frame. Empty for malloc, which keeps no such books.
struct MemoryReport {
  bool known = false;
  std::size_t frame_bytes = 0;       ///< held before the game released anything
  std::size_t frame_peak_bytes = 0;  ///< the most that any frame held at once so far
  std::uint64_t frame_allocations = 0;
  std::size_t reserved_bytes = 0;  ///< held from the system
  std::size_t pool_bytes = 0;
  std::size_t heap_bytes = 0;
  std::vector<TagUse> tags;
  std::vector<PhaseUse> phases;
  std::vector<BudgetUse> budgets;
};

/// How long each part of a frame took on the driving thread, in nanoseconds.
struct PhaseTime {
  std::string_view name;
  std::uint64_t nanoseconds = 0;
};

/// The scene at a glance, so that a reader sees that all sides did the work.
struct SceneCounts {
  std::size_t bodies = 0;
  std::size_t contacts = 0;
  std::size_t particles = 0;
  std::size_t entities = 0;
  std::size_t spawned = 0;
  std::size_t died = 0;
  std::size_t draw_items = 0;
  std::size_t paths = 0;
  std::size_t labels = 0;
};

/// Share of holes in the memory of handles, 0 to 1, around the latest compaction.
struct FragmentationUse {
  double before = 0.0;
  double after = 0.0;
};
/// Objects behind handles. An index in a vector moves nothing and does not know how full its memory
/// is.
struct HandleUse {
  std::uint64_t live = 0;
  std::uint64_t moved = 0;  ///< by compaction, ever
  bool fragmentation_known = false;
  FragmentationUse fragmentation;
};
/// Assets within a budget, since the first frame.
struct StreamingUse {
  std::size_t budget = 0;
  std::size_t resident_bytes = 0;
  std::uint64_t loads = 0;
  std::uint64_t hits = 0;
  std::uint64_t evictions = 0;
};
/// Results of queries, since the first frame.
struct RetentionUse {
  std::uint64_t promoted = 0;  ///< or copied, on malloc
  std::uint64_t discarded = 0;
};
/// Memory whose use does not fit its kind.
struct BehaviorFinding {
  std::string code;
  std::string level;
  std::string tag;
  std::string kind;
  std::string message;
  std::string help;
  double value = 0.0;
  double threshold = 0.0;
};
/// What the behavior filter found since the first frame.
struct BehaviorUse {
  bool known = false;  ///< it was on
  std::uint64_t frames = 0;
  std::vector<BehaviorFinding> findings;
};
struct FeatureUse {
  HandleUse handles;
  StreamingUse streaming;
  RetentionUse retention;
  BehaviorUse behavior;
};

/// One run of the game on one kind of memory.
/// Thread contract: one thread, which must not run two sides at the same time.
class Side {
 public:
  virtual ~Side() = default;

  virtual std::string_view name() const noexcept = 0;
  /// Runs the next frame from beginning to end: everything that it allocates for itself is freed
  /// when it returns.
  virtual void run_frame() = 0;
  /// Adds the state of the game to the checksum and returns it. Call it outside the timed part.
  virtual std::uint64_t checksum() = 0;

  /// Runs the next frame while the allocator counts calls, and asks it what the frame holds. Asking
  /// allocates, so such a frame is neither timed nor counted otherwise.
  virtual MemoryReport inspect_frame() = 0;
  /// From here to end_trace() the allocator writes what it does into a trace file; malloc has
  /// nothing to write. Result: why not; empty when all is well.
  virtual std::string begin_trace(const std::string& path) = 0;
  virtual std::string end_trace() = 0;
  /// From now on page faults inside b2World::Step are measured, or not.
  virtual void watch_physics_faults(bool on) = 0;

  /// Faults inside b2World::Step in the last frame (this thread's).
  virtual std::uint64_t physics_faults() const noexcept = 0;
  virtual const std::vector<PhaseTime>& phase_times() const noexcept = 0;
  virtual SceneCounts counts() const noexcept = 0;
  virtual FeatureUse features() const = 0;
};

std::unique_ptr<Side> make_malloc_side(const Options& options, JobCrew& crew);
std::unique_ptr<Side> make_kept_side(const Options& options, JobCrew& crew);
/// Requirement: can_use_mimalloc() was true.
std::unique_ptr<Side> make_mimalloc_side(const Options& options, JobCrew& crew);
std::unique_ptr<Side> make_framealloc_side(const Options& options, JobCrew& crew);

/// The framealloc side under guard mode Pages, with a stale pointer that is read in frame 22.
std::unique_ptr<Side> make_forgetful_side(const Options& options, JobCrew& crew);
inline constexpr std::uint64_t kBugFrames = 25;

}  // namespace fa_demo
