// SPDX-License-Identifier: MIT OR Apache-2.0
#include "options.hpp"

#include <charconv>
#include <limits>

namespace fa_demo {
namespace {

std::string scene_list(std::string_view separator) {
  std::string list;
  for (const SceneInfo& scene : all_scenes()) {
    if (!list.empty()) list += separator;
    list += scene.name;
  }
  return list;
}

/// Walks the arguments; keeps the first complaint.
class Reader {
 public:
  explicit Reader(std::span<char* const> arguments) : arguments_(arguments) {}

  bool next() {
    if (at_ == arguments_.size() || !complaint.empty()) return false;
    const std::string_view argument = arguments_[at_++];
    const std::size_t equals = argument.find('=');
    has_inline_value_ = argument.starts_with("--") && equals != std::string_view::npos;
    name = has_inline_value_ ? argument.substr(0, equals) : argument;
    inline_value_ = has_inline_value_ ? argument.substr(equals + 1) : std::string_view();
    used_value_ = false;
    return true;
  }

  std::string_view value(std::string_view expected) {
    used_value_ = true;
    if (has_inline_value_) return inline_value_;
    if (at_ < arguments_.size()) return arguments_[at_++];
    complain("has no value", expected);
    return {};
  }

  template <class Number>
  void number(Number& target, Number least, Number most, std::string_view what) {
    const std::string expected =
        std::string(what) + " from " + std::to_string(least) + " to " + std::to_string(most);
    const std::string_view text = value(expected);
    if (!complaint.empty()) return;
    std::uint64_t parsed = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parsed);
    if (error != std::errc() || end != text.data() + text.size() || parsed < least ||
        parsed > most) {
      complain("has the value '" + std::string(text) + "'", expected);
      return;
    }
    target = static_cast<Number>(parsed);
  }

  void flag(bool& target, bool to) { target = to; }

  /// A flag written with "=value" is a mistake that must not pass unnoticed.
  void finish_argument() {
    if (complaint.empty() && has_inline_value_ && !used_value_) {
      complain("has the value '" + std::string(inline_value_) + "'", "no value: it is a switch");
    }
  }

  void complain(const std::string& found, std::string_view expected) {
    complaint = "fa-demo: argument '" + std::string(name) + "' " + found + "; expected " +
                std::string(expected) + ". Run 'fa demo --help' for the list.";
  }

  std::string_view name;
  std::string complaint;

 private:
  std::span<char* const> arguments_;
  std::size_t at_ = 0;
  std::string_view inline_value_;
  bool has_inline_value_ = false;
  bool used_value_ = false;
};

void read_scene(Reader& reader, Options& options) {
  const std::string expected = "one of " + scene_list(", ");
  const std::string_view text = reader.value(expected);
  if (!reader.complaint.empty()) return;
  if (const auto scene = find_scene(text)) {
    options.scene = *scene;
  } else {
    reader.complain("has the value '" + std::string(text) + "'", expected);
  }
}

void read_only(Reader& reader, Options& options) {
  constexpr std::string_view kExpected = "framealloc or malloc";
  const std::string_view text = reader.value(kExpected);
  if (!reader.complaint.empty()) return;
  if (text != "framealloc" && text != "malloc") {
    reader.complain("has the value '" + std::string(text) + "'", kExpected);
    return;
  }
  options.run_framealloc = text == "framealloc";
  options.run_malloc = text == "malloc";
}

void read_hand_off(Reader& reader, Options& options) {
  constexpr std::string_view kExpected = "park or spin";
  const std::string_view text = reader.value(kExpected);
  if (!reader.complaint.empty()) return;
  if (text == "park") {
    options.hand_off = HandOff::Park;
  } else if (text == "spin") {
    options.hand_off = HandOff::Spin;
  } else {
    reader.complain("has the value '" + std::string(text) + "'", kExpected);
  }
}

void read_format(Reader& reader, Options& options) {
  constexpr std::string_view kExpected = "text or json";
  const std::string_view text = reader.value(kExpected);
  if (!reader.complaint.empty()) return;
  if (text != "text" && text != "json") {
    reader.complain("has the value '" + std::string(text) + "'", kExpected);
    return;
  }
  options.json = text == "json";
}

void read_path(Reader& reader, std::string& path, std::string_view expected) {
  const std::string_view text = reader.value(expected);
  if (!reader.complaint.empty()) return;
  if (text.empty()) {
    reader.complain("has an empty value", expected);
    return;
  }
  path = text;
}

}  // namespace

ParsedOptions parse_options(std::span<char* const> arguments) {
  ParsedOptions parsed;
  Options& options = parsed.options;
  Reader reader(arguments);
  using Wanted = ParsedOptions::Wanted;
  while (reader.next()) {
    const std::string_view name = reader.name;
    if (name == "--help" || name == "-h") {
      parsed.wanted = Wanted::Help;
    } else if (name == "--version") {
      parsed.wanted = Wanted::Version;
    } else if (name == "--scene") {
      read_scene(reader, options);
    } else if (name == "--frames") {
      reader.number<std::uint32_t>(options.frames, 1, 1'000'000, "a number");
    } else if (name == "--warm-up") {
      reader.number<std::uint32_t>(options.warm_up, 0, 1'000'000, "a number");
    } else if (name == "--threads") {
      reader.number<unsigned>(options.threads, 1, 64, "a number");
    } else if (name == "--seed") {
      reader.number<std::uint64_t>(options.seed, 0, std::numeric_limits<std::uint64_t>::max(),
                                   "a number");
    } else if (name == "--only") {
      read_only(reader, options);
    } else if (name == "--hand-off") {
      read_hand_off(reader, options);
    } else if (name == "--format") {
      read_format(reader, options);
    } else if (name == "--report") {
      read_path(reader, options.report_path, "the name of the HTML file to write");
    } else if (name == "--trace") {
      read_path(reader, options.trace_path, "the name of the JSON file to write");
    } else if (name == "--snapshots") {
      read_path(reader, options.snapshots, "the directory to write snapshots into");
    } else if (name == "--json") {
      reader.flag(options.json, true);
    } else if (name == "--quiet" || name == "-q") {
      reader.flag(options.quiet, true);
    } else if (name == "--no-trace") {
      reader.flag(options.trace, false);
    } else if (name == "--check") {
      reader.flag(options.check, true);
    } else if (name == "--behavior") {
      reader.flag(options.behavior, true);
    } else if (name == "--traced-child") {
      reader.flag(options.traced_child, true);
    } else {
      reader.complain("is not known", "an option of fa demo");
    }
    reader.finish_argument();
  }
  if (reader.complaint.empty() && options.check && !options.run_framealloc) {
    reader.name = "--check";
    reader.complain("has nothing to check", "the framealloc side to run: leave --only malloc away");
  }
  if (reader.complaint.empty() && !options.trace_path.empty() && !options.run_framealloc) {
    reader.name = "--trace";
    reader.complain("has nothing to trace", "the framealloc side to run: leave --only malloc away");
  }
  if (reader.complaint.empty() && options.behavior && !options.run_framealloc) {
    reader.name = "--behavior";
    reader.complain("has nothing to watch", "the framealloc side to run: leave --only malloc away");
  }
  if (reader.complaint.empty() && !options.snapshots.empty() && !options.run_framealloc) {
    reader.name = "--snapshots";
    reader.complain("has nothing to show", "the framealloc side to run: leave --only malloc away");
  }
  if (!reader.complaint.empty()) {
    parsed.wanted = Wanted::Complaint;
    parsed.complaint = reader.complaint;
  }
  return parsed;
}

std::string help_text() {
  std::string text =
      "fa demo - a game loop on real physics, once on framealloc and once on malloc/new\n"
      "\n"
      "usage: fa demo [options]\n"
      "\n"
      "Runs the same scene both ways in turns, compares what the two computed, and reports frame\n"
      "times, allocations, memory by tag, page faults and system calls.\n"
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
      "  --frames N         timed frames on each side (default 600)\n"
      "  --warm-up N        frames before the first timed one (default 180)\n"
      "  --threads N        job threads (default 4)\n"
      "  --seed N           seed of every random number (default 2024)\n"
      "  --only SIDE        run one side only: framealloc or malloc\n"
      "  --hand-off HOW     how job threads wait: park (sleep in the kernel, default) or spin\n"
      "  --report FILE      also write the report as one self-contained HTML page\n"
      "  --trace FILE       at the end, play 240 more frames on framealloc and write a trace of\n"
      "                     them, for chrome://tracing or ui.perfetto.dev\n"
      "  --snapshots DIR    write snapshots of the framealloc side into DIR, for fa insight,\n"
      "                     after frames that are neither timed nor counted\n"
      "  --json             write JSON to standard output instead of text (also --format json)\n"
      "  --format HOW       text (default) or json\n"
      "  --no-trace         do not count system calls (skips two short traced child processes)\n"
      "  --check            fail with exit code 4 if a steady frame on framealloc has an\n"
      "                     allocation, a memory system call or a page fault of our code\n"
      "  --behavior         turn framealloc's behaviour filter on, and report what it finds\n"
      "  -q, --quiet        no progress bar\n"
      "  -h, --help         this text\n"
      "  --version          the version\n"
      "\n"
      "exit codes: 0 done; 1 the two sides computed different games; 2 wrong arguments;\n"
      "            3 the report or the trace could not be written; 4 --check failed;\n"
      "            130 interrupted (the report then covers the frames that ran)\n";
  return text;
}

}  // namespace fa_demo
