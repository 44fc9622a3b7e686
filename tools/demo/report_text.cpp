// SPDX-License-Identifier: MIT OR Apache-2.0
#include <algorithm>
#include <functional>

#include "facts.hpp"
#include "format.hpp"
#include "reports.hpp"

namespace fa_demo {
namespace {

constexpr std::size_t kLabelWidth = 46;
constexpr std::size_t kColumnWidth = 16;

std::string left(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string right(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

/// Writes tables with one column per side and, where both ran, a ratio.
class TextReport {
 public:
  explicit TextReport(const RunResult& run) : run_(run) {}

  void heading(std::string_view title) {
    text += "\n";
    std::string line = left(std::string(title), kLabelWidth);
    for (const SideResult& side : run_.sides) line += right(side.name, kColumnWidth);
    text += line + "\n";
  }

  void row(std::string_view label, const std::function<std::string(const SideResult&)>& cell,
           const std::string& last = "") {
    text += left("  " + std::string(label), kLabelWidth);
    for (const SideResult& side : run_.sides) text += right(cell(side), kColumnWidth);
    if (!last.empty()) text += right(last, kColumnWidth);
    text += "\n";
  }

  void time_row(std::string_view label, Percentiles SideResult::* times,
                std::uint64_t Percentiles::* point) {
    std::string ratio;
    if (run_.sides.size() == 2 && run_.sides[0].*times.*point != 0) {
      ratio = fixed(static_cast<double>(run_.sides[1].*times.*point) /
                        static_cast<double>(run_.sides[0].*times.*point),
                    2);
    }
    row(
        label,
        [times, point](const SideResult& side) {
          return milliseconds(static_cast<double>(side.*times.*point));
        },
        ratio);
  }

  void line(const std::string& words) { text += words + "\n"; }

  std::string text;

 private:
  const RunResult& run_;
};

void write_times(TextReport& report, const RunResult& run) {
  report.heading("frame time, ms");
  if (run.sides.size() == 2) {
    report.text.pop_back();
    report.text += right("malloc / fa", kColumnWidth) + "\n";
  }
  report.time_row("p50", &SideResult::times, &Percentiles::p50);
  report.time_row("p99", &SideResult::times, &Percentiles::p99);
  report.time_row("p99.9", &SideResult::times, &Percentiles::p999);
  report.time_row("max", &SideResult::times, &Percentiles::max);
  report.time_row("p50, processor time of the driving thread", &SideResult::processor_times,
                  &Percentiles::p50);
  report.time_row("p99, processor time of the driving thread", &SideResult::processor_times,
                  &Percentiles::p99);
  if (run.frames_run < 1000) {
    report.line("  (with fewer than 1000 timed frames, p99.9 is the slowest frame)");
  }
}

void write_phases(TextReport& report, const RunResult& run) {
  if (run.sides.empty() || run.sides[0].phases.empty()) return;
  report.heading("mean time by part of the frame, us");
  for (std::size_t i = 0; i < run.sides[0].phases.size(); ++i) {
    report.row(run.sides[0].phases[i].name, [i](const SideResult& side) {
      return i < side.phases.size() ? fixed(side.phases[i].mean_nanoseconds / 1e3, 1)
                                    : std::string("-");
    });
  }
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
  report.line(concat("\nbehaviour filter on ", side.name, ", ", grouped(use.frames), " frames"));
  if (use.findings.empty()) report.line("  nothing found");
  for (const BehaviorFinding& finding : use.findings) {
    report.line(concat("  ", finding.code, " ", finding.level, ", ", finding.tag, " (",
                       finding.kind, "): ", finding.message));
    report.line(concat("    help: ", finding.help));
  }
}

void write_memory(TextReport& report, const SideResult& side) {
  const CountedFrame* frame = typical_frame(side);
  if (frame == nullptr || !frame->memory.known) return;
  const MemoryReport& memory = frame->memory;
  report.line("\nmemory on " + side.name + ", frame " + grouped(frame->frame));
  report.line("  frame memory " + byte_count(static_cast<double>(memory.frame_bytes)) + " in " +
              grouped(memory.frame_allocations) + " allocations (peak " +
              byte_count(static_cast<double>(memory.frame_peak_bytes)) + "); pools " +
              byte_count(static_cast<double>(memory.pool_bytes)) + "; heap " +
              byte_count(static_cast<double>(memory.heap_bytes)) + "; held from the system " +
              byte_count(static_cast<double>(memory.reserved_bytes)));
  if (!memory.tags.empty()) {
    report.line("  " + left("tag", 26) + right("frame", 12) + right("pool", 12) +
                right("heap", 12));
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

std::string text_report(const RunResult& run, const Machine& machine) {
  TextReport report(run);
  const Options& options = run.options;
  report.line("fa demo: scene " + std::string(scene_name(options.scene)) + ", seed " +
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
  write_times(report, run);
  write_allocations(report, run);
  write_steady(report, run);
  write_features(report, run);
  for (const SideResult& side : run.sides) write_behavior(report, side);
  write_phases(report, run);
  for (const SideResult& side : run.sides) write_memory(report, side);

  report.line("");
  for (const SideResult& side : run.sides) {
    report.line(left("checksum " + side.name, 24) + hexadecimal(side.checksum));
  }
  if (!run.same_checksums) {
    report.line("seen to differ at frame " + std::to_string(run.different_at));
  }
  report.line(verdict(run));
  return report.text;
}

}  // namespace fa_demo
