// SPDX-License-Identifier: MIT OR Apache-2.0
// What the figures mean: metrics, and the five rules.
#include "diag/behavior_filter.hpp"

#include <algorithm>
#include <cmath>

namespace framealloc::detail {

namespace {

double ratio(double part, double whole) noexcept { return whole > 0 ? part / whole : 0; }
double ratio(std::uint64_t part, std::uint64_t whole) noexcept {
  return ratio(static_cast<double>(part), static_cast<double>(whole));
}

// Result: the mean life of the blocks in frames (the law of John Little: how many there are on
// average is how many come per frame, times how long they stay).
double block_life(const BlockBehavior& blocks) noexcept {
  return ratio(blocks.block_frames, blocks.allocations.since);
}

struct Lifetime {
  double frames = 0;
  std::uint64_t count = 0;
};

// Promoted objects live as long as the blocks of their tag and kind do, where most of those came
// out of frames; otherwise it is unknown.
void add_promoted(Lifetime& life, const BlockBehavior& blocks) noexcept {
  if (blocks.promoted_in == 0 || blocks.promoted_in * 2 < blocks.allocations.since) return;
  life.frames += static_cast<double>(blocks.promoted_in) * block_life(blocks);
  life.count += blocks.promoted_in;
}

Lifetime frame_life(const TagBehavior& row) noexcept {
  Lifetime life{static_cast<double>(row.frame.long_sightings), row.frame.long_data};
  add_promoted(life, row.pool);
  add_promoted(life, row.heap);
  return life;
}

BehaviorStats stats_of_blocks(const BlockBehavior& blocks) {
  BehaviorStats stats;
  stats.total_allocs = blocks.allocations.since;
  stats.total_frees = blocks.frees.since;
  stats.total_lifetime_frames = static_cast<double>(blocks.block_frames);
  stats.lifetime_count = blocks.allocations.since;
  stats.current_bytes = blocks.bytes;
  stats.peak_bytes = blocks.peak_bytes;
  stats.first_seen_frame = blocks.first_frame;
  stats.last_alloc_frame = blocks.last_frame;
  return stats;
}

BehaviorStats stats_of_frame(const TagBehavior& row) {
  const FrameBehavior& frame = row.frame;
  const Lifetime life = frame_life(row);
  BehaviorStats stats;
  stats.total_allocs = frame.objects + frame.long_sightings;
  stats.survived_frame_count = frame.promoted + frame.long_data;
  stats.total_lifetime_frames = life.frames;
  stats.lifetime_count = life.count;
  stats.promotion_count = frame.promoted;
  stats.bytes_allocated = frame.bytes.since;
  stats.survived_bytes = frame.survived_bytes;
  stats.current_bytes = frame.last_bytes;
  stats.peak_bytes = frame.peak_bytes;
  stats.first_seen_frame = frame.first_frame;
  stats.last_alloc_frame = frame.last_frame;
  return stats;
}

class Judge {
 public:
  Judge(BehaviorFinding (&findings)[kBehaviorRules], std::uint64_t min_samples) noexcept
      : findings_(findings), min_samples_(min_samples) {}

  void look(Code code, AllocKind kind, std::uint64_t samples, double value,
            double threshold) noexcept {
    const std::uint8_t rule = rule_++;
    if (samples < min_samples_ || !(value > threshold)) return;
    findings_[count_++] = {code, rule, kind, value, threshold};
  }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  BehaviorFinding (&findings_)[kBehaviorRules];
  std::uint64_t min_samples_;
  std::size_t count_ = 0;
  std::uint8_t rule_ = 0;
};

}  // namespace

BehaviorStats behavior_stats(const TagBehavior& row, AllocKind kind, std::uint64_t frames) {
  BehaviorStats stats = kind == AllocKind::Frame  ? stats_of_frame(row)
                        : kind == AllocKind::Pool ? stats_of_blocks(row.pool)
                                                  : stats_of_blocks(row.heap);
  if (kind == AllocKind::Pool) {
    stats.same_frame_samples = row.same_frame_samples;
    stats.same_frame_frees = row.same_frame_least;
    stats.same_frame_frees_most = row.same_frame_most;
  }
  stats.kind = kind;
  stats.frames_analyzed = frames;
  return stats;
}

std::size_t judge_behavior(const TagBehavior& row, const BehaviorThresholds& limits,
                           std::uint64_t frames,
                           BehaviorFinding (&findings)[kBehaviorRules]) noexcept {
  const BehaviorStats frame = behavior_stats(row, AllocKind::Frame, frames);
  const BehaviorStats pool = behavior_stats(row, AllocKind::Pool, frames);
  const BehaviorStats heap = behavior_stats(row, AllocKind::Heap, frames);
  const std::uint64_t objects = row.frame.objects;
  Judge judge(findings, limits.min_samples);
  judge.look(Code::FA501, AllocKind::Frame, frame.total_allocs, frame.avg_lifetime_frames(),
             static_cast<double>(limits.frame_survival_frames));
  judge.look(Code::FA502, AllocKind::Frame, objects, frame.survival_rate(),
             limits.frame_survival_rate);
  judge.look(Code::FA510, AllocKind::Pool, pool.total_allocs, pool.same_frame_free_rate(),
             limits.pool_same_frame_free_rate);
  judge.look(Code::FA520, AllocKind::Frame, objects, frame.promotion_rate(),
             limits.promotion_churn_rate);
  judge.look(Code::FA530, AllocKind::Heap, heap.total_allocs, heap.allocs_per_frame(),
             limits.heap_in_hot_path_count / 60);
  return judge.count();
}

void append_figure(Text<192>& text, double figure) noexcept {
  if (!(figure < 1e15)) {
    text.append("very many");
    return;
  }
  const auto hundredths = static_cast<std::uint64_t>(std::llround(std::max(figure, 0.0) * 100));
  text.append(hundredths / 100);
  if (const std::uint64_t rest = hundredths % 100; rest != 0) {
    text.append(".").append(rest / 10);
    if (rest % 10 != 0) text.append(rest % 10);
  }
}

Text<192> behavior_message(const BehaviorFinding& finding) noexcept {
  Text<192> text;
  const auto say = [&](std::string_view before, double scale, std::string_view between) {
    text.append(before);
    append_figure(text, finding.value * scale);
    text.append(between);
    append_figure(text, finding.threshold * scale);
  };
  switch (finding.code) {
    case Code::FA501:
      say("frame data that outlives its frame lives ", 1, " frames on average, limit ");
      break;
    case Code::FA502:
      say("of the frame bytes ", 100, " % are promoted when their frame ends, limit ");
      text.append(" %");
      break;
    case Code::FA510:
      say("of the pool blocks at least ", 100, " % are freed in the frame that made them, limit ");
      text.append(" %");
      break;
    case Code::FA520:
      say("frame data is promoted ", 1, " times per frame, limit ");
      break;
    default:
      say("the heap is asked for ", 1, " blocks per frame, limit ");
      break;
  }
  return text;
}

}  // namespace framealloc::detail

namespace framealloc {

using detail::ratio;

double BehaviorStats::avg_lifetime_frames() const noexcept {
  return lifetime_count == 0 ? 0 : total_lifetime_frames / static_cast<double>(lifetime_count);
}

double BehaviorStats::survival_rate() const noexcept {
  return std::min(1.0, ratio(survived_bytes, bytes_allocated));
}

double BehaviorStats::same_frame_free_rate() const noexcept {
  return ratio(same_frame_frees, same_frame_samples);
}

double BehaviorStats::promotion_rate() const noexcept {
  if (promotion_count == 0) return 0;
  const std::uint64_t since = first_seen_frame == 0 ? 1 : frames_analyzed - first_seen_frame + 1;
  return ratio(promotion_count, since == 0 ? 1 : since);
}

double BehaviorStats::allocs_per_frame() const noexcept {
  return ratio(total_allocs, std::max<std::uint64_t>(frames_analyzed, 1));
}

}  // namespace framealloc
