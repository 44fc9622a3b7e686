// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads the counters of an allocator after each frame, and keeps what they say of behavior.
#pragma once

#include <framealloc/behavior.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/detail/memory/metadata_allocator.hpp>
#include <framealloc/detail/pool/pool_table.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/detail/thread/frame_watcher.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/promoted_box.hpp>
#include <framealloc/text.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

class Instance;
class ThreadState;

// A counter of the allocator: what it showed, and what it has gone up by since the filter began.
// Counters of different threads are read one after the other, so a sum may seem to step back.
struct Reading {
  std::uint64_t now = 0;   // summed up by the reading that is going on
  std::uint64_t seen = 0;  // by the one before
  std::uint64_t since = 0;

  void restart() noexcept { seen = now, since = 0; }
  // Result: what this frame added.
  std::uint64_t settle() noexcept {
    const std::uint64_t step = now > seen ? now - seen : 0;
    seen += step;
    since += step;
    return step;
  }
};

// Pool blocks of one tag and size class.
struct ClassReading {
  std::uint64_t allocations_now = 0;
  std::uint64_t allocations_seen = 0;
  std::uint64_t frees_now = 0;  // without those that other threads did
  std::uint64_t frees_seen = 0;
};

// Pool or heap blocks of one tag.
struct BlockBehavior {
  Reading allocations;
  Reading frees;
  std::uint64_t live_before = 0;   // when the filter began
  std::uint64_t block_frames = 0;  // blocks in use, summed over frame ends, less live_before each
  std::uint64_t promoted_in = 0;   // that came out of frames
  std::uint64_t bytes = 0;         // in use; wraps around while it is summed up
  std::size_t peak_bytes = 0;
  std::uint64_t first_frame = 0;
  std::uint64_t last_frame = 0;

  // Result: blocks in use at the last reading.
  [[nodiscard]] std::uint64_t live() const noexcept {
    return allocations.seen > frees.seen ? allocations.seen - frees.seen : 0;
  }
};

// Frame memory of one tag.
struct FrameBehavior {
  Reading bytes;
  std::size_t last_bytes = 0;
  std::size_t peak_bytes = 0;
  std::uint64_t objects = 0;  // retained ones, once their frame has ended
  std::uint64_t promoted = 0;
  std::size_t survived_bytes = 0;
  std::uint64_t long_data = 0;       // frames of threads that outlived a shared one, with this tag
  std::uint64_t long_sightings = 0;  // the same, once for each shared frame that ended meanwhile
  std::uint64_t first_frame = 0;
  std::uint64_t last_frame = 0;
};

struct TagBehavior {
  static constexpr std::uint32_t kNoTable = UINT32_MAX;
  FrameBehavior frame;
  BlockBehavior pool;
  BlockBehavior heap;
  ClassReading* classes = nullptr;       // of the pool; null until the tag has blocks
  std::uint32_t tables = kNoTable;       // the first of its tables
  std::uint64_t read_frame = 0;          // when it was read last
  std::uint64_t gap = 1;                 // frames between the last two readings
  bool due = false;                      // it is read after this frame
  std::uint64_t same_frame_samples = 0;  // pool allocations in frames that were read by themselves
  std::uint64_t same_frame_least = 0;
  std::uint64_t same_frame_most = 0;
  std::uint8_t told = 0;  // bit n: rule n is an issue that has been reported
};

// What one rule says of one tag.
struct BehaviorFinding {
  Code code = Code::None;
  std::uint8_t rule = 0;
  AllocKind kind = AllocKind::Frame;
  double value = 0;
  double threshold = 0;
};
inline constexpr std::size_t kBehaviorRules = 5;

// One per allocator, made when first asked for. A row for each tag and a pass over its counters per
// frame; nothing is kept for a block. Where tags times threads are many, the tags take turns, so
// that no frame end costs more than a bounded time: a turn is two frames, the second of which is
// read by itself. Thread contract: the driving thread, except where said.
class BehaviorFilter final : public FrameWatcher {
 public:
  // Lists of one thread, tag and kind that are read after one frame.
  static constexpr std::size_t kTablesPerFrame = 512;

  explicit BehaviorFilter(Instance& instance) noexcept;
  ~BehaviorFilter();
  BehaviorFilter(const BehaviorFilter&) = delete;
  BehaviorFilter& operator=(const BehaviorFilter&) = delete;

  // Effect: begins anew, and reads at each frame end. Result: false when there is no memory for it.
  bool enable() noexcept;
  void disable() noexcept;
  [[nodiscard]] bool enabled() const noexcept { return enabled_.load(std::memory_order_relaxed); }
  // Effect: forgets what has been found; what is in use now counts as there before.
  void reset() noexcept;

  // Any thread.
  void set_thresholds(const BehaviorThresholds& thresholds) noexcept;
  [[nodiscard]] BehaviorThresholds thresholds() const noexcept;
  [[nodiscard]] BehaviorReport report() const;

  // Effect: a retained object has left its frame; Failed for one that was destroyed with it. Any
  // thread.
  void note_retained(TagId tag, PromotionKind where, std::size_t bytes) noexcept;

  void on_frame_end() noexcept override;

 private:
  // The frame of its own that a thread was seen in, and the tags that were counted for it.
  struct OwnFrame {
    std::uint64_t clock = 0;
    std::uint64_t counted[TagTable::kMaxTags / 64] = {};
  };

  struct KnownTables {
    const PoolTable* newest = nullptr;  // that was found
  };
  struct TableRef {
    const PoolTable* table = nullptr;
    std::uint32_t next = TagBehavior::kNoTable;  // of the same tag
  };

  // Under the lock.
  [[nodiscard]] bool make_rows() noexcept;
  [[nodiscard]] TagBehavior* row(TagId tag) noexcept;
  void find_tables() noexcept;
  void choose_rows(std::uint64_t frame) noexcept;
  // Of the rows that are due.
  void read_counters() noexcept;
  void read_ledgers(TagBehavior& row, TagId tag) noexcept;
  void read_table(TagBehavior& row, const PoolTable& table) noexcept;
  void add_views() noexcept;
  void settle(TagBehavior& row) noexcept;
  void settle_blocks(BlockBehavior& blocks, std::uint64_t gap) noexcept;
  void settle_same_frame(TagBehavior& row, std::uint64_t live_before, std::uint64_t fresh,
                         std::uint64_t freed, bool one_frame) noexcept;
  void look_at_own_frames() noexcept;
  void look_at_own_frame(const ThreadState& state, OwnFrame& seen, std::uint64_t clock) noexcept;
  void restart() noexcept;
  // Takes the lock, and reports without it.
  void report_new_issues() noexcept;

  Instance& instance_;
  std::atomic<bool> enabled_{false};
  std::atomic<std::uint64_t> frames_{0};  // analyzed
  mutable SpinLock lock_;                 // of what follows
  BehaviorThresholds thresholds_;
  MetaVector<TagBehavior> rows_;  // by tag
  MetaVector<TableRef> tables_;   // that were found
  // By thread state, oldest first.
  MetaVector<KnownTables> known_;
  MetaVector<OwnFrame> own_;
};

// Effect: writes what is an issue to `findings`. Result: how many.
std::size_t judge_behavior(const TagBehavior& row, const BehaviorThresholds& thresholds,
                           std::uint64_t frames,
                           BehaviorFinding (&findings)[kBehaviorRules]) noexcept;
// Result: the figures of one kind; `tag` is left empty.
[[nodiscard]] BehaviorStats behavior_stats(const TagBehavior& row, AllocKind kind,
                                           std::uint64_t frames);
// Result: one sentence.
[[nodiscard]] Text<192> behavior_message(const BehaviorFinding& finding) noexcept;
// Effect: appends a figure with at most two decimals, zeros at its end left out.
void append_figure(Text<192>& text, double figure) noexcept;

// Result: the filter of the allocator; null while it is off.
[[nodiscard]] BehaviorFilter* behavior_filter_of(const Instance& instance) noexcept;

}  // namespace framealloc::detail
