// SPDX-License-Identifier: MIT OR Apache-2.0
#include "options.hpp"

#include <array>
#include <limits>
#include <optional>
#include <vector>

namespace fa_demo {
namespace {

constexpr std::array<SideInfo, 4> kSides{{{SideKind::Framealloc, "framealloc", "framealloc"},
                                          {SideKind::Malloc, "malloc", "malloc"},
                                          {SideKind::Kept, "kept", "malloc, kept"},
                                          {SideKind::Mimalloc, "mimalloc", "mimalloc"}}};

std::string scene_names() {
  std::vector<std::string_view> names;
  for (const SceneInfo& scene : all_scenes()) names.push_back(scene.name);
  return fa_tools::alternatives(names);
}

// Result: the first option that needs the framealloc side although that does not run; null when
// there is none.
const char* idle_option(const Options& options) {
  if (options.runs(SideKind::Framealloc)) return nullptr;
  if (options.check) return "--check";
  if (!options.trace_path.empty()) return "--trace";
  if (options.behavior) return "--behavior";
  return options.snapshots.empty() ? nullptr : "--snapshots";
}

}  // namespace

std::span<const SideInfo> all_sides() noexcept { return kSides; }

std::string_view side_title(std::string_view name) noexcept {
  for (const SideInfo& side : kSides) {
    if (side.name == name) return side.title;
  }
  return name;
}

Options parse_options(std::span<char* const> words) {
  Options options;
  fa_tools::Arguments arguments(words, options);
  std::optional<std::size_t> only;
  bool with_mimalloc = false;
  while (arguments.next()) {
    if (arguments.is("--scene")) {
      arguments.parsed(options.scene, &find_scene, scene_names());
    } else if (arguments.is("--frames")) {
      arguments.number<std::uint32_t>(options.frames, 1, 1'000'000);
    } else if (arguments.is("--warm-up")) {
      arguments.number<std::uint32_t>(options.warm_up, 0, 1'000'000);
    } else if (arguments.is("--threads")) {
      arguments.number<unsigned>(options.threads, 1, 64);
    } else if (arguments.is("--seed")) {
      arguments.number<std::uint64_t>(options.seed, 0, std::numeric_limits<std::uint64_t>::max());
    } else if (arguments.is("--only")) {
      only = arguments.choice({"framealloc", "malloc", "kept", "mimalloc"});
    } else if (arguments.is("--with")) {
      arguments.choice({"mimalloc"});
      with_mimalloc = true;
    } else if (arguments.is("--hand-off")) {
      options.hand_off = arguments.choice({"park", "spin"}) == 0 ? HandOff::Park : HandOff::Spin;
    } else if (arguments.is("--format")) {
      options.json = arguments.choice({"text", "json"}) == 1;
    } else if (arguments.is("--report")) {
      options.report_path = arguments.text("the name of the HTML file to write").value_or("");
    } else if (arguments.is("--trace")) {
      options.trace_path = arguments.text("the name of the JSON file to write").value_or("");
    } else if (arguments.is("--snapshots")) {
      options.snapshots = arguments.text("the directory to write snapshots into").value_or("");
    } else if (arguments.is("--json")) {
      options.json = true;
    } else if (arguments.is("--quiet") || arguments.is("-q")) {
      options.quiet = true;
    } else if (arguments.is("--no-trace")) {
      options.trace = false;
    } else if (arguments.is("--check")) {
      options.check = true;
    } else if (arguments.is("--behavior")) {
      options.behavior = true;
    } else if (arguments.is("--show-bug")) {
      options.show_bug = true;
    } else if (arguments.is("--traced-child")) {
      options.traced_child = true;
    } else if (arguments.is("--bug-child")) {
      options.bug_child = true;
    } else {
      arguments.refuse();
    }
  }
  if (with_mimalloc) options.sides.push_back(SideKind::Mimalloc);
  if (only) options.sides = {kSides[*only].kind};
  if (!options.wants_run()) return options;
  if (const char* const idle = idle_option(options)) {
    options.complaint =
        std::string(idle) + " needs the framealloc side, which does not run: leave --only away";
  } else if (!options.report_path.empty() && options.report_path == options.trace_path) {
    options.complaint = "--report and --trace have the same file";
  }
  return options;
}

std::string help_text() {
  std::string text =
      "fa demo - a game loop on real physics, on framealloc and on malloc/new\n"
      "\n"
      "usage: fa demo [options]\n"
      "\n"
      "Plays the same scene on each side in turns, compares what they computed, and reports frame\n"
      "times, allocations, memory by tag, page faults and system calls. The sides:\n"
      "\n"
      "  framealloc         frame memory, pools, handles, the heap of the library\n"
      "  malloc             new, delete and the standard containers, as C++ comes\n"
      "  kept               the same, with vectors, strings and tables that are kept and cleared\n"
      "                     between frames, as a careful programmer does it\n"
      "  mimalloc           malloc's code on mimalloc, with --with mimalloc where it is installed\n"
      "\n"
      "  --scene NAME       what to play (default pyramid):\n";
  for (const SceneInfo& scene : all_scenes()) {
    text += "                       ";
    text += scene.name;
    text.append(9 - scene.name.size(), ' ');
    text += scene.summary;
    text += '\n';
  }
  text +=
      "  --frames N         timed frames on each side (default 1000)\n"
      "  --warm-up N        frames before the first timed one (default 180)\n"
      "  --threads N        job threads (default 4)\n"
      "  --seed N           seed of every random number (default 2024)\n"
      "  --only SIDE        run one side only\n"
      "  --with mimalloc    play on mimalloc too\n"
      "  --show-bug         show how a stale pointer into a frame that is over is caught\n"
      "  --hand-off HOW     how job threads wait: park (sleep in the kernel, default) or spin\n"
      "  --report FILE      also write the report as one self-contained HTML page\n"
      "  --trace FILE       at the end, play 240 more frames on framealloc and write a trace of\n"
      "                     them, for chrome://tracing or ui.perfetto.dev\n"
      "  --snapshots DIR    write snapshots of the framealloc side into DIR, for fa insight,\n"
      "                     after frames that are neither timed nor counted\n"
      "  --json             write JSON to standard output instead of text (also --format json)\n"
      "  --format HOW       text (default) or json\n"
      "  --no-trace         do not count system calls (skips two short traced child processes)\n"
      "  --check            fail with exit code 1 if a steady frame on framealloc has an\n"
      "                     allocation, a memory system call or a page fault of our code\n"
      "  --behavior         turn framealloc's behavior filter on, and report what it finds\n"
      "  -q, --quiet        no progress bar, nor the first figures where there is no terminal\n"
      "  -h, --help         this text\n"
      "  --version          the version\n"
      "\n"
      "exit codes: 0 done; 1 the sides computed different games, or --check failed; 2 wrong\n"
      "            arguments; 3 the output, the report or the trace could not be written;\n"
      "            130 interrupted (the report then covers the frames that ran)\n";
  return text;
}

}  // namespace fa_demo
