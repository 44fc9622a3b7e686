// SPDX-License-Identifier: MIT OR Apache-2.0
// One page that needs nothing but itself: styles and charts are inline, there is no script.
#include <algorithm>
#include <functional>

#include "common/terminal_text.hpp"
#include "facts.hpp"
#include "format.hpp"
#include "html_style.hpp"
#include "html_table.hpp"
#include "reports.hpp"
#include "svg_chart.hpp"

namespace fa_demo {
namespace {

std::vector<std::string> side_names(const RunResult& run, const std::string& first) {
  std::vector<std::string> names{first};
  for (const SideResult& side : run.sides) names.push_back(title_of(side));
  return names;
}

std::string frame_times(const RunResult& run) {
  std::vector<Series> lines;
  double top = 0.0;
  std::size_t frames = 0;
  for (const SideResult& side : run.sides) {
    Series line{title_of(side), style_of(side), {}};
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
    Series one{title_of(side), style_of(side), {}};
    for (const std::size_t count : histogram_of(side.frame_nanoseconds, low, high, kSteps)) {
      one.values.push_back(static_cast<double>(count));
    }
    steps.push_back(std::move(one));
  }
  const ChartText text{"How many frames took how long", "frame time, ms", "frames"};
  std::string html = legend(steps) + step_chart(text, steps, static_cast<double>(low) / 1e6,
                                                static_cast<double>(high) / 1e6);
  std::vector<std::string> headings = side_names(run, "time, ms");
  if (run.sides.size() > 1) headings.emplace_back("fastest");
  Table table(headings);
  const auto row = [&](const std::string& label, Percentiles SideResult::* times,
                       std::uint64_t Percentiles::* point) {
    std::vector<std::uint64_t> values;
    for (const SideResult& side : run.sides) values.push_back(side.*times.*point);
    table.contest(run, label, values,
                  [](std::uint64_t value) { return milliseconds(static_cast<double>(value)); });
  };
  row("our code p50", &SideResult::our_times, &Percentiles::p50);
  row("our code p99", &SideResult::our_times, &Percentiles::p99);
  row("frame p50", &SideResult::times, &Percentiles::p50);
  row("frame p99", &SideResult::times, &Percentiles::p99);
  if (run.frames_run >= kFramesForP999) row("frame p99.9", &SideResult::times, &Percentiles::p999);
  row("frame max", &SideResult::times, &Percentiles::max);
  row("p50, processor time of the driving thread", &SideResult::processor_times, &Percentiles::p50);
  return html + table.take();
}

std::string faults_over_frames(const RunResult& run) {
  std::vector<Series> lines;
  double top = 1.0;
  std::size_t frames = 0;
  for (const SideResult& side : run.sides) {
    Series line{title_of(side), style_of(side), {}};
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
      add(side, title_of(side) + ": malloc calls by our code", style_of(side),
          [](const CountedFrame& frame) {
            return static_cast<double>(frame.calls.of(Caller::Ours).allocations);
          });
    }
    if (!side.counted.empty() && side.counted.front().memory.known) {
      add(side, title_of(side) + ": frame allocations", "s-frame", [](const CountedFrame& frame) {
        return static_cast<double>(frame.memory.frame_allocations);
      });
    }
  }
  const ChartText text{"Allocations in each counted frame", "frame", "calls"};
  return legend(lines) + line_chart(text, lines, top, first, std::max(last, first + 1.0));
}

std::string part_times(const RunResult& run) {
  if (run.sides.empty() || run.sides[0].phases.empty()) return "";
  // Box2D's step would make every other bar invisible.
  std::vector<std::string> labels;
  std::vector<Series> bars;
  for (const SideResult& side : run.sides) bars.push_back({title_of(side), style_of(side), {}});
  for (std::size_t part = 0; part < run.sides[0].phases.size(); ++part) {
    if (run.sides[0].phases[part].name == "physics") continue;
    labels.push_back(run.sides[0].phases[part].name);
    const std::vector<std::uint64_t> medians = medians_of_part(run, part);
    for (std::size_t i = 0; i < bars.size(); ++i) {
      bars[i].values.push_back(static_cast<double>(medians[i]) / 1e3);
    }
  }
  std::vector<std::string> headings = side_names(run, "median, us");
  if (run.sides.size() > 1) headings.emplace_back("fastest");
  Table table(headings);
  for (std::size_t part = 0; part < run.sides[0].phases.size(); ++part) {
    table.contest(run, run.sides[0].phases[part].name, medians_of_part(run, part),
                  [](std::uint64_t value) { return fixed(static_cast<double>(value) / 1e3, 1); });
  }
  return "<p>" + escaped(score(run)) + "</p>" + table.take() + legend(bars) +
         bar_chart({"Median time of each part of a frame but Box2D's step", "", "us"}, bars,
                   labels);
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

/// One figure of all sides: the first one's is large, the others' stand below in their colors.
std::string card(const RunResult& run, std::string_view title,
                 const std::function<std::string(const SideResult&)>& value) {
  std::string html = "<div class=\"card\"><h3>" + escaped(title) + "</h3>";
  for (std::size_t i = 0; i < run.sides.size(); ++i) {
    const SideResult& side = run.sides[i];
    html += i == 0 ? "<b class=\"" + style_of(side) + "\">" + escaped(value(side)) + "</b>"
                   : "<span class=\"" + style_of(side) + "\">" +
                         escaped(value(side) + " on " + title_of(side)) + "</span>";
  }
  return html + "</div>\n";
}

std::string cards(const RunResult& run) {
  if (run.sides.size() < 2) return "";
  std::string html = "<div class=\"cards\">";
  if (run.calls_counted) {
    html += card(run, "allocations by malloc, per steady frame",
                 [](const SideResult& side) { return per_frame(side.steady.our_allocations); });
  }
  if (run.faults_counted) {
    html += card(run, "page faults per steady frame",
                 [](const SideResult& side) { return per_frame(side.steady.faults); });
  }
  html += card(run, "our code, p50", [](const SideResult& side) {
    return milliseconds(static_cast<double>(side.our_times.p50)) + " ms";
  });
  html += card(run, "whole frame, p50", [](const SideResult& side) {
    return milliseconds(static_cast<double>(side.times.p50)) + " ms";
  });
  return html + "</div>\n";
}

std::string bug_section(const BugReport& bug) {
  if (!bug.asked) return "";
  return section(
      bug.caught ? "A stale pointer, caught where it was used" : "The stale pointer was not caught",
      "The display keeps a pointer into frame 20 and looks at it in frame 22. In a child "
      "process, guard mode Pages made the memory of ended frames inaccessible, stopped the "
      "program at the access, and said this.",
      "<pre>" + escaped(fa_tools::printable_lines(bug.text)) + "</pre>");
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
  for (const std::string& line : verdict(run)) html += escaped(line) + "<br>";
  html += escaped(not_shown(run)) + "</p>\n" + cards(run) + bug_section(run.bug);
  html += section("Where the time goes",
                  "Median of each part of a frame on the driving thread; the fastest are green, "
                  "one far behind is red.",
                  part_times(run));
  for (const SideResult& side : run.sides) {
    if (const CountedFrame* const frame = fullest_frame(side)) {
      html += section(
          "Who held what at the fullest moment on " + title_of(side),
          "Frame " + grouped(frame->frame) + ", before the game let go of anything: " +
              byte_count(static_cast<double>(frame->memory.frame_bytes)) + " of frame memory, " +
              byte_count(static_cast<double>(frame->memory.pool_bytes)) + " in pools, " +
              byte_count(static_cast<double>(frame->memory.heap_bytes)) +
              " in the heap. No profiler knows this: the program said what the memory "
              "is for.",
          memory_tables(side));
    }
  }
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
                  "Of the whole run: behaviors behind handles that compaction moves together, "
                  "textures within a budget, and results of queries that outlive their frame. "
                  "On malloc: an index in a vector, a map with a list, and copies.",
                  feature_table(run));
  for (const SideResult& side : run.sides) {
    if (side.features.behavior.known) {
      html += section("Behavior on " + side.name,
                      "Memory whose use does not fit its kind, as the behavior filter saw it since "
                      "the first frame.",
                      behavior_table(side.features.behavior));
    }
    const std::string chart = bytes_by_tag(side);
    if (!chart.empty()) {
      html += section("Frame memory by tag on " + side.name, "Of each counted frame.", chart);
    }
  }
  html += section("How it was measured",
                  "The same game, compiled once for each memory policy, computes the same "
                  "checksum. Malloc calls are caught in the program and sorted by the caller's "
                  "return address; page faults come from getrusage; system calls are counted in a "
                  "traced child process, in 60 steady frames, where the job threads' own waiting "
                  "is marked and shown apart.",
                  machine_table(run, machine));
  return html + "</main></body></html>\n";
}

}  // namespace fa_demo
