// SPDX-License-Identifier: MIT OR Apache-2.0
// One page that needs nothing but itself: styles and charts are inline, there is no script.
#include <algorithm>
#include <functional>

#include "facts.hpp"
#include "format.hpp"
#include "html_style.hpp"
#include "reports.hpp"
#include "svg_chart.hpp"

namespace fa_demo {
namespace {

std::string style_of(const SideResult& side) { return side.name == "malloc" ? "s-malloc" : "s-fa"; }

std::string section(std::string_view title, std::string_view about, const std::string& body) {
  return "<section><h2>" + escaped(title) + "</h2><p class=\"about\">" + escaped(about) + "</p>\n" +
         body + "</section>\n";
}

/// A row per fact, a column per side.
class Table {
 public:
  explicit Table(const std::vector<std::string>& headings) {
    html_ = "<div class=\"scroll\"><table><thead><tr>";
    for (const std::string& heading : headings) html_ += "<th>" + escaped(heading) + "</th>";
    html_ += "</tr></thead><tbody>\n";
  }
  void row(const std::vector<std::string>& cells) {
    html_ += "<tr>";
    for (const std::string& cell : cells) html_ += "<td>" + escaped(cell) + "</td>";
    html_ += "</tr>\n";
  }
  std::string take() { return std::move(html_) + "</tbody></table></div>\n"; }

 private:
  std::string html_;
};

std::vector<std::string> side_names(const RunResult& run, const std::string& first) {
  std::vector<std::string> names{first};
  for (const SideResult& side : run.sides) names.push_back(side.name);
  return names;
}

std::string frame_times(const RunResult& run) {
  std::vector<Series> lines;
  double top = 0.0;
  std::size_t frames = 0;
  for (const SideResult& side : run.sides) {
    Series line{side.name, style_of(side), {}};
    for (const std::uint64_t time : side.frame_nanoseconds) {
      line.values.push_back(static_cast<double>(time) / 1e6);
    }
    frames = std::max(frames, line.values.size());
    // One hiccup of the machine must not flatten the chart: the worst frames touch the top edge.
    top = std::max(top, static_cast<double>(side.times.p99) / 1e6 * 1.25);
    lines.push_back(std::move(line));
  }
  const ChartText text{"Frame time over the timed frames", "timed frame", "ms"};
  return legend(lines) + line_chart(text, lines, top, 0.0, static_cast<double>(frames));
}

std::string distribution(const RunResult& run) {
  std::uint64_t low = ~std::uint64_t{0};
  std::uint64_t high = 0;
  for (const SideResult& side : run.sides) {
    if (side.frame_nanoseconds.empty()) continue;
    low = std::min(low,
                   *std::min_element(side.frame_nanoseconds.begin(), side.frame_nanoseconds.end()));
    high = std::max(high, side.times.p99 + side.times.p99 / 10);
  }
  if (high <= low) return "";
  constexpr std::size_t kSteps = 60;
  std::vector<Series> steps;
  for (const SideResult& side : run.sides) {
    Series one{side.name, style_of(side), {}};
    for (const std::size_t count : histogram_of(side.frame_nanoseconds, low, high, kSteps)) {
      one.values.push_back(static_cast<double>(count));
    }
    steps.push_back(std::move(one));
  }
  const ChartText text{"How many frames took how long", "frame time, ms", "frames"};
  std::string html = legend(steps) + step_chart(text, steps, static_cast<double>(low) / 1e6,
                                                static_cast<double>(high) / 1e6);
  std::vector<std::string> headings = side_names(run, "frame time, ms");
  if (run.sides.size() == 2) headings.emplace_back("malloc / framealloc");
  Table table(headings);
  const auto row = [&](const std::string& label, Percentiles SideResult::* times,
                       std::uint64_t Percentiles::* point) {
    std::vector<std::string> cells{label};
    for (const SideResult& side : run.sides) {
      cells.push_back(milliseconds(static_cast<double>(side.*times.*point)));
    }
    if (run.sides.size() == 2) {
      const auto first = static_cast<double>(run.sides[0].*times.*point);
      const auto second = static_cast<double>(run.sides[1].*times.*point);
      cells.push_back(fixed(second / std::max(first, 1.0), 2));
    }
    table.row(cells);
  };
  row("p50", &SideResult::times, &Percentiles::p50);
  row("p99", &SideResult::times, &Percentiles::p99);
  row("p99.9", &SideResult::times, &Percentiles::p999);
  row("max", &SideResult::times, &Percentiles::max);
  row("p50, processor time of the driving thread", &SideResult::processor_times, &Percentiles::p50);
  row("p99, processor time of the driving thread", &SideResult::processor_times, &Percentiles::p99);
  return html + table.take();
}

std::string bytes_by_tag(const SideResult& side) {
  std::vector<Series> parts;
  std::vector<std::string> labels;
  std::vector<std::string> names;
  for (const CountedFrame& frame : side.counted) {
    for (const TagUse& tag : frame.memory.tags) {
      if (tag.frame_bytes == 0) continue;
      if (std::find(names.begin(), names.end(), tag.name) == names.end()) names.push_back(tag.name);
    }
  }
  if (names.empty()) return "";
  for (std::size_t i = 0; i < names.size(); ++i) {
    parts.push_back({names[i], "t" + std::to_string(i % 8), {}});
  }
  for (const CountedFrame& frame : side.counted) {
    labels.push_back(std::to_string(frame.frame));
    for (std::size_t i = 0; i < names.size(); ++i) {
      double bytes = 0.0;
      for (const TagUse& tag : frame.memory.tags) {
        if (tag.name == names[i]) bytes += static_cast<double>(tag.frame_bytes);
      }
      parts[i].values.push_back(bytes / 1024.0);
    }
  }
  const ChartText text{"Frame memory by tag", "frame", "KiB"};
  return legend(parts) + stacked_chart(text, parts, labels);
}

std::string faults_over_frames(const RunResult& run) {
  std::vector<Series> lines;
  double top = 1.0;
  std::size_t frames = 0;
  for (const SideResult& side : run.sides) {
    Series line{side.name, style_of(side), {}};
    std::vector<std::uint64_t> sorted = side.frame_faults;
    std::sort(sorted.begin(), sorted.end());
    if (!sorted.empty()) {
      top = std::max(top, static_cast<double>(sorted[sorted.size() * 98 / 100]) * 1.2);
    }
    for (const std::uint64_t faults : side.frame_faults) {
      line.values.push_back(static_cast<double>(faults));
    }
    frames = std::max(frames, line.values.size());
    lines.push_back(std::move(line));
  }
  const ChartText text{"Page faults in each frame", "frame after the warm-up", "faults"};
  return legend(lines) + line_chart(text, lines, top, 0.0, static_cast<double>(frames));
}

std::string allocations(const RunResult& run) {
  std::vector<Series> lines;
  double top = 1.0;
  double first = 0.0;
  double last = 0.0;
  const auto add = [&](const SideResult& side, std::string name, std::string style,
                       const std::function<double(const CountedFrame&)>& value) {
    Series line{std::move(name), std::move(style), {}};
    for (const CountedFrame& frame : side.counted) {
      line.values.push_back(value(frame));
      top = std::max(top, line.values.back() * 1.15);
    }
    if (!side.counted.empty()) {
      first = static_cast<double>(side.counted.front().frame);
      last = static_cast<double>(side.counted.back().frame);
    }
    lines.push_back(std::move(line));
  };
  for (const SideResult& side : run.sides) {
    if (run.calls_counted) {
      add(side, side.name + ": malloc calls by our code", style_of(side),
          [](const CountedFrame& frame) {
            return static_cast<double>(frame.calls.of(Caller::Ours).allocations);
          });
    }
    if (!side.counted.empty() && side.counted.front().memory.known) {
      add(side, side.name + ": frame allocations", "s-frame", [](const CountedFrame& frame) {
        return static_cast<double>(frame.memory.frame_allocations);
      });
    }
  }
  const ChartText text{"Allocations in each counted frame", "frame", "calls"};
  return legend(lines) + line_chart(text, lines, top, first, std::max(last, first + 1.0));
}

std::string phase_times(const RunResult& run) {
  if (run.sides.empty() || run.sides[0].phases.empty()) return "";
  std::vector<std::string> labels;
  for (const PhaseTotal& phase : run.sides[0].phases) labels.push_back(phase.name);
  std::vector<Series> bars;
  for (const SideResult& side : run.sides) {
    Series bar{side.name, style_of(side), {}};
    for (std::size_t i = 0; i < labels.size(); ++i) {
      bar.values.push_back(i < side.phases.size() ? side.phases[i].mean_nanoseconds / 1e3 : 0.0);
    }
    bars.push_back(std::move(bar));
  }
  return legend(bars) + bar_chart({"Mean time of each part of a frame", "", "us"}, bars, labels);
}

std::string steady_table(const RunResult& run) {
  Table table(side_names(run, "per steady frame"));
  for (const Fact& fact : steady_facts(run)) {
    std::vector<std::string> cells{fact.label};
    cells.insert(cells.end(), fact.values.begin(), fact.values.end());
    table.row(cells);
  }
  return table.take();
}

std::string feature_table(const RunResult& run) {
  Table table(side_names(run, "since the first frame"));
  for (const Fact& fact : feature_facts(run)) {
    std::vector<std::string> cells{fact.label};
    cells.insert(cells.end(), fact.values.begin(), fact.values.end());
    table.row(cells);
  }
  return table.take();
}

std::string behavior_table(const BehaviorUse& use) {
  if (use.findings.empty()) return "<p>Nothing found.</p>\n";
  Table table({"code", "level", "tag", "kind", "what", "help"});
  for (const BehaviorFinding& finding : use.findings) {
    table.row(
        {finding.code, finding.level, finding.tag, finding.kind, finding.message, finding.help});
  }
  return table.take();
}

std::string memory_tables(const SideResult& side) {
  const CountedFrame* frame = typical_frame(side);
  if (frame == nullptr || !frame->memory.known) return "";
  const auto bytes = [](std::size_t value) { return byte_count(static_cast<double>(value)); };
  Table tags({"tag", "frame", "frame peak", "pool", "heap"});
  for (const TagUse& tag : frame->memory.tags) {
    tags.row({tag.name, bytes(tag.frame_bytes), bytes(tag.frame_peak_bytes), bytes(tag.pool_bytes),
              bytes(tag.heap_bytes)});
  }
  Table phases({"phase", "frame memory taken"});
  for (const PhaseUse& phase : frame->memory.phases) {
    if (phase.frame_bytes == 0) continue;
    phases.row({phase.name, bytes(phase.frame_bytes)});
  }
  Table budgets({"budget", "limit", "used", "peak", "denied"});
  for (const BudgetUse& budget : frame->memory.budgets) {
    budgets.row({budget.tag, bytes(budget.limit), bytes(budget.used), bytes(budget.peak),
                 grouped(budget.denials)});
  }
  return tags.take() + budgets.take() + phases.take();
}

std::string card(std::string_view title, const std::string& ours, const std::string& theirs) {
  return "<div class=\"card\"><h3>" + escaped(title) + "</h3><b>" + escaped(ours) + "</b><span>" +
         escaped(theirs) + "</span></div>\n";
}

std::string cards(const RunResult& run) {
  const SideResult* ours = run.side("framealloc");
  const SideResult* theirs = run.side("malloc");
  if (ours == nullptr || theirs == nullptr) return "";
  std::string html = "<div class=\"cards\">";
  html += card("frame time p50", milliseconds(static_cast<double>(ours->times.p50)) + " ms",
               milliseconds(static_cast<double>(theirs->times.p50)) + " ms on malloc");
  html += card("frame time p99", milliseconds(static_cast<double>(ours->times.p99)) + " ms",
               milliseconds(static_cast<double>(theirs->times.p99)) + " ms on malloc");
  if (run.calls_counted) {
    html += card("malloc calls per steady frame", per_frame(ours->steady.our_allocations),
                 per_frame(theirs->steady.our_allocations) + " on malloc");
  }
  if (run.faults_counted) {
    html += card("page faults per steady frame", per_frame(ours->steady.faults),
                 per_frame(theirs->steady.faults) + " on malloc");
  }
  return html + "</div>\n";
}

std::string machine_table(const RunResult& run, const Machine& machine) {
  Table table({"where and how", ""});
  table.row({"processor", machine.processor + ", " + std::to_string(machine.cores) + " cores"});
  table.row({"system", machine.system});
  table.row({"compiler", machine.compiler});
  table.row({"C library", machine.library});
  table.row({"Box2D", machine.box2d});
  table.row({"scene", std::string(scene_name(run.options.scene)) + ", seed " +
                          std::to_string(run.options.seed)});
  table.row({"job threads", std::to_string(run.options.threads)});
  table.row({"frames", grouped(run.options.warm_up) + " to warm up, " + grouped(run.frames_run) +
                           " timed on each side"});
  for (const SideResult& side : run.sides) {
    table.row({"checksum " + side.name, hexadecimal(side.checksum)});
  }
  return table.take();
}

}  // namespace

std::string html_report(const RunResult& run, const Machine& machine) {
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<title>framealloc demo</title><style>" +
      std::string(kHtmlStyle) + "</style></head><body><main>\n<h1>framealloc demo: " +
      escaped(scene_name(run.options.scene)) + "</h1>\n<p class=\"lead\">";
  html += escaped(verdict(run)) + "</p>\n" + cards(run);
  html += section("Frame time", "Each timed frame. The sides run in turns of 30 frames.",
                  frame_times(run));
  html +=
      section("Distribution", "The same frames by duration; left is faster.", distribution(run));
  html += section("Allocations per frame",
                  "Every 34th frame is counted instead of timed, the one after it inspected. A "
                  "frame allocation moves a cursor; "
                  "a malloc call is a call of malloc, calloc, realloc or operator new.",
                  allocations(run));
  if (run.faults_counted) {
    html += section("Page faults per frame",
                    "Of the whole process, as the kernel counts them, minor and major.",
                    faults_over_frames(run));
  }
  html += section("The steady frame", "The second half of the run.", steady_table(run));
  html += section("Handles, streaming, retention",
                  "Of the whole run: behaviours behind handles that compaction moves together, "
                  "textures within a budget, and results of queries that outlive their frame. "
                  "On malloc: an index in a vector, a map with a list, and copies.",
                  feature_table(run));
  for (const SideResult& side : run.sides) {
    if (side.features.behavior.known) {
      html +=
          section("Behaviour on " + side.name,
                  "Memory whose use does not fit its kind, as the behaviour filter saw it since "
                  "the first frame.",
                  behavior_table(side.features.behavior));
    }
    const std::string chart = bytes_by_tag(side);
    if (!chart.empty()) {
      html += section("Frame memory by tag on " + side.name, "Of each counted frame.", chart);
      html += section("Memory of the last counted frame", "By tag, by phase, and by budget.",
                      memory_tables(side));
    }
  }
  html += section("Where the time goes", "Mean of each part of a frame on the driving thread.",
                  phase_times(run));
  html += section("How it was measured",
                  "The same game, compiled twice with different memory policies, computes the same "
                  "checksum. Malloc calls are caught in the program and sorted by the caller's "
                  "return address; page faults come from getrusage; system calls are counted in a "
                  "traced child process, in 60 steady frames, where the job threads' own waiting "
                  "is marked and shown apart.",
                  machine_table(run, machine));
  return html + "</main></body></html>\n";
}

}  // namespace fa_demo
