// SPDX-License-Identifier: MIT OR Apache-2.0
#include <algorithm>
#include <functional>

#include "common/color.hpp"
#include "common/terminal_text.hpp"
#include "facts.hpp"
#include "format.hpp"
#include "reports.hpp"

namespace fa_demo {
namespace {

constexpr std::size_t kLabelWidth = 46;
constexpr std::size_t kColumnWidth = 16;

using fa_tools::Style;

std::string left(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

/// Writes tables with one column per side.
class TextReport {
 public:
  TextReport(const RunResult& run, fa_tools::Color color) : run_(run), color_(color) {}

  void heading(std::string_view title) {
    std::string line = left(std::string(title), kLabelWidth);
    for (const SideResult& side : run_.sides) {
      line += right(std::string(side_title(side.name)), kColumnWidth);
    }
    text += "\n" + color_.paint(Style::Strong, line) + "\n";
  }

  void row(std::string_view label, const std::function<std::string(const SideResult&)>& cell) {
    text += left("  " + std::string(label), kLabelWidth);
    for (const SideResult& side : run_.sides) text += right(cell(side), kColumnWidth);
    text += "\n";
  }

  void time_row(std::string_view label, Percentiles SideResult::* times,
                std::uint64_t Percentiles::* point) {
    std::vector<std::uint64_t> values;
    for (const SideResult& side : run_.sides) values.push_back(side.*times.*point);
    contest(label, values,
            [](std::uint64_t value) { return milliseconds(static_cast<double>(value)); });
  }

  /// A row in which the least value wins: it has a star, one far behind a dash, and the last column
  /// says by how much.
  void contest(std::string_view label, const std::vector<std::uint64_t>& values,
               const std::function<std::string(std::uint64_t)>& show) {
    const Standing standing = standing_of(run_, values);
    text += left("  " + std::string(label), kLabelWidth);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const bool slowest = standing.slowest == i;
      const char* const mark = standing.is_fastest(i) ? "*" : slowest ? "-" : " ";
      const Style style = standing.is_fastest(i) ? Style::Good
                          : slowest              ? Style::Bad
                                                 : Style::Plain;
      text += color_.paint(style, right(show(values[i]) + mark, kColumnWidth));
    }
    if (!standing.words.empty()) text += "  " + standing.words;
    text += "\n";
  }

  void line(const std::string& words) { text += words + "\n"; }
  void strong_line(const std::string& words) { line(color_.paint(Style::Strong, words)); }

  std::string text;

 private:
  const RunResult& run_;
  fa_tools::Color color_;
};

void write_times(TextReport& report, const RunResult& run) {
  report.heading("time, ms (* fastest, - far behind)");
  report.time_row("our code p50", &SideResult::our_times, &Percentiles::p50);
  report.time_row("our code p99", &SideResult::our_times, &Percentiles::p99);
  report.time_row("frame p50", &SideResult::times, &Percentiles::p50);
  report.time_row("frame p99", &SideResult::times, &Percentiles::p99);
  if (run.frames_run >= kFramesForP999) {
    report.time_row("frame p99.9", &SideResult::times, &Percentiles::p999);
  }
  report.time_row("frame max", &SideResult::times, &Percentiles::max);
  report.time_row("p50, processor time of the driving thread", &SideResult::processor_times,
                  &Percentiles::p50);
}

void write_parts(TextReport& report, const RunResult& run) {
  if (run.sides.empty() || run.sides[0].phases.empty()) return;
  report.heading("median by part, us (* fastest, - far behind)");
  for (std::size_t part = 0; part < run.sides[0].phases.size(); ++part) {
    report.contest(run.sides[0].phases[part].name, medians_of_part(run, part),
                   [](std::uint64_t value) { return fixed(static_cast<double>(value) / 1e3, 1); });
  }
  if (const std::string text = score(run); !text.empty()) report.line("  " + text);
}

void write_bug(TextReport& report, const BugReport& bug) {
  if (!bug.asked) return;
  report.strong_line(bug.caught ? "\na stale pointer, caught by guard mode Pages where it was used"
                                : "\nthe stale pointer was not caught");
  report.text += fa_tools::printable_lines(bug.text);
  if (!bug.text.ends_with('\n')) report.text += '\n';
}

void write_steady(TextReport& report, const RunResult& run) {
  report.heading("per steady frame (second half of the run)");
  for (const Fact& fact : steady_facts(run)) {
    std::string line = left("  " + fact.label, kLabelWidth);
    for (const std::string& value : fact.values) line += right(value, kColumnWidth);
    report.line(line);
  }
  for (const SideResult& side : run.sides) {
    if (!side.system_calls.measured) {
      report.line("  system calls of " + side.name + " not counted: " + side.system_calls.why_not);
    }
  }
}

void write_features(TextReport& report, const RunResult& run) {
  report.heading("handles, streaming, retention (whole run)");
  for (const Fact& fact : feature_facts(run)) {
    std::string line = left("  " + fact.label, kLabelWidth);
    for (const std::string& value : fact.values) line += right(value, kColumnWidth);
    report.line(line);
  }
}

void write_behavior(TextReport& report, const SideResult& side) {
  const BehaviorUse& use = side.features.behavior;
  if (!use.known) return;
  report.line(concat("\nbehavior filter on ", side.name, ", ", grouped(use.frames), " frames"));
  if (use.findings.empty()) report.line("  nothing found");
  for (const BehaviorFinding& finding : use.findings) {
    report.line(concat("  ", finding.code, " ", finding.level, ", ", finding.tag, " (",
                       finding.kind, "): ", finding.message));
    report.line(concat("    help: ", finding.help));
  }
}

void write_memory(TextReport& report, const SideResult& side) {
  const CountedFrame* frame = fullest_frame(side);
  if (frame == nullptr) return;
  const MemoryReport& memory = frame->memory;
  report.strong_line("\nwho held what at the fullest moment on " + side.name + ", frame " +
                     grouped(frame->frame));
  report.line("  frame memory " + byte_count(static_cast<double>(memory.frame_bytes)) + " in " +
              grouped(memory.frame_allocations) + " allocations (peak " +
              byte_count(static_cast<double>(memory.frame_peak_bytes)) + "); pools " +
              byte_count(static_cast<double>(memory.pool_bytes)) + "; heap " +
              byte_count(static_cast<double>(memory.heap_bytes)) + "; held from the system " +
              byte_count(static_cast<double>(memory.reserved_bytes)));
  if (!memory.tags.empty()) {
    report.line("  " + left("tag", 26) + right("frame", 12) + right("peak", 12) +
                right("pool", 12) + right("heap", 12));
    for (const TagUse& tag : memory.tags) {
      report.line("  " + left(tag.name, 26) +
                  right(byte_count(static_cast<double>(tag.frame_bytes)), 12) +
                  right(byte_count(static_cast<double>(tag.frame_peak_bytes)), 12) +
                  right(byte_count(static_cast<double>(tag.pool_bytes)), 12) +
                  right(byte_count(static_cast<double>(tag.heap_bytes)), 12));
    }
  }
  if (!memory.phases.empty()) {
    report.line("  " + left("phase", 26) + right("taken", 12));
    for (const PhaseUse& phase : memory.phases) {
      if (phase.frame_bytes == 0) continue;
      report.line("  " + left(phase.name, 26) +
                  right(byte_count(static_cast<double>(phase.frame_bytes)), 12));
    }
  }
  if (!memory.budgets.empty()) {
    report.line("  " + left("budget", 26) + right("limit", 12) + right("used", 12) +
                right("peak", 12) + right("denied", 12));
    for (const BudgetUse& budget : memory.budgets) {
      report.line("  " + left(budget.tag, 26) +
                  right(byte_count(static_cast<double>(budget.limit)), 12) +
                  right(byte_count(static_cast<double>(budget.used)), 12) +
                  right(byte_count(static_cast<double>(budget.peak)), 12) +
                  right(grouped(budget.denials), 12));
    }
  }
}

void write_allocations(TextReport& report, const RunResult& run) {
  report.heading("allocations of one frame (counted, not timed)");
  report.row("allocations by our code", [&run](const SideResult& side) {
    const CountedFrame* frame = typical_frame(side);
    if (frame == nullptr) return std::string("-");
    if (frame->memory.known) return grouped(frame->memory.frame_allocations);
    return run.calls_counted ? grouped(frame->calls.of(Caller::Ours).allocations)
                             : std::string("not counted");
  });
  report.row("bytes", [&run](const SideResult& side) {
    const CountedFrame* frame = typical_frame(side);
    if (frame == nullptr) return std::string("-");
    if (frame->memory.known) return byte_count(static_cast<double>(frame->memory.frame_bytes));
    return run.calls_counted ? byte_count(static_cast<double>(frame->calls.of(Caller::Ours).bytes))
                             : std::string("not counted");
  });
}

}  // namespace

std::string text_report(const RunResult& run, const Machine& machine, fa_tools::Color color) {
  TextReport report(run, color);
  const Options& options = run.options;
  for (const std::string& line : verdict(run)) report.strong_line(line);
  if (const std::string text = not_shown(run); !text.empty()) report.line(text);
  if (!run.missing_side.empty()) report.line(run.missing_side);
  if (!run.same_checksums) {
    report.line("seen to differ at frame " + std::to_string(run.different_at));
  }
  write_bug(report, run.bug);
  write_parts(report, run);
  write_times(report, run);
  write_allocations(report, run);
  write_steady(report, run);
  write_features(report, run);
  for (const SideResult& side : run.sides) write_behavior(report, side);
  for (const SideResult& side : run.sides) write_memory(report, side);

  report.line("\nscene " + std::string(scene_name(options.scene)) + ", seed " +
              std::to_string(options.seed) + ", " + std::to_string(options.threads) +
              " job threads, " + grouped(run.frames_run) + " timed frames on each side in " +
              fixed(run.seconds, 1) + " s");
  report.line(machine.processor + ", " + std::to_string(machine.cores) + " cores; " +
              machine.system + "; " + machine.compiler + "; " + machine.library + "; Box2D " +
              machine.box2d);
  if (!run.sides.empty()) {
    const SceneCounts& counts = run.sides[0].counts;
    report.line("last frame: " + grouped(counts.bodies) + " bodies, " + grouped(counts.contacts) +
                " contacts, " + grouped(counts.particles) + " particles, " +
                grouped(counts.entities) + " entities (" + grouped(counts.spawned) + " born, " +
                grouped(counts.died) + " died), " + grouped(counts.draw_items) + " drawn, " +
                grouped(counts.paths) + " paths, " + grouped(counts.labels) + " labels");
  }
  for (const SideResult& side : run.sides) {
    report.line(left("checksum " + side.name, 24) + hexadecimal(side.checksum));
  }
  return report.text;
}

}  // namespace fa_demo
