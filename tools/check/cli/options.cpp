// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/options.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace fa_check {

namespace {

struct Group {
  std::string_view option;
  std::array<std::string_view, 2> ranges;  // the second may be ""
};
constexpr std::array kGroups{
    Group{"--dirtymem", {"6xx", "40x"}}, Group{"--threading", {"2xx", ""}},
    Group{"--budgets", {"3xx", ""}},     Group{"--async-safety", {"7xx", ""}},
    Group{"--gpu", {"41x", ""}},         Group{"--architecture", {"8xx", ""}},
    Group{"--physics", {"9xx", ""}}};

// What --tidy-selftest without a program stands for until it has been read.
constexpr std::string_view kAnyTidy = "*";

class Parser {
 public:
  Parser(std::vector<std::string> words, fa_tools::CommonOptions& common)
      : words_(std::move(words)), common_(common) {
    for (std::string& word : words_) pointers_.push_back(word.data());
  }

  Options parse() {
    fa_tools::Arguments arguments(std::span<char* const>(pointers_), common_);
    bool first = true;
    while (arguments.next()) {
      if (arguments.is_operand()) {
        operand(arguments, first);
      } else if (!take_switch(arguments) && !take_group(arguments) && !take_codes(arguments) &&
                 !take_value(arguments)) {
        unknown(arguments);
      }
      first = false;
    }
    check(arguments);
    return std::move(options_);
  }

 private:
  void operand(fa_tools::Arguments& arguments, bool first) {
    const std::string_view word = arguments.name();
    constexpr std::array<std::pair<std::string_view, Verb>, 4> kVerbs{
        {{"show", Verb::Show}, {"init", Verb::Init}, {"merge", Verb::Merge}, {"lsp", Verb::Lsp}}};
    for (const auto& [name, verb] : kVerbs) {
      if (!first || word != name) continue;
      options_.verb = verb;
      return;
    }
    if (word.empty()) return arguments.complain("a path is empty; expected a file or a folder");
    options_.paths.emplace_back(word);
  }

  bool take_switch(const fa_tools::Arguments& arguments) {
    const std::array<std::pair<std::string_view, bool*>, 16> switches{{
        {"--deny-warnings", &options_.deny_warnings},
        {"--fail-fast", &options_.fail_fast},
        {"--no-config", &options_.no_config},
        {"--no-cache", &options_.no_cache},
        {"--fix", &options_.fix},
        {"--dry-run", &options_.dry_run},
        {"--force", &options_.force},
        {"--strict-annotations", &options_.strict_annotations},
        {"-q", &options_.quiet},
        {"--quiet", &options_.quiet},
        {"-v", &options_.verbose},
        {"--verbose", &options_.verbose},
        {"--stats", &options_.stats},
    }};
    for (const auto& [name, flag] : switches) {
      if (flag != nullptr && arguments.is(name)) {
        *flag = true;
        return true;
      }
    }
    return false;
  }

  bool take_group(const fa_tools::Arguments& arguments) {
    const bool all = arguments.is("--all");
    bool taken = all;
    for (const Group& group : kGroups) {
      if (!all && !arguments.is(group.option)) continue;
      taken = true;
      for (const std::string_view range : group.ranges) {
        if (range.empty()) continue;
        const auto choice = parse_codes(range);
        if (choice) options_.groups.insert(choice->codes.begin(), choice->codes.end());
      }
    }
    return taken;
  }

  // Codes with commas between them.
  void codes(fa_tools::Arguments& arguments, auto&& take) {
    const auto value = arguments.text("a code: FA601, 601, its slug, or FA6xx");
    if (!value) return;
    std::string_view rest = *value;
    for (;;) {
      const std::size_t comma = rest.find(',');
      const std::string_view word = rest.substr(0, comma);
      const auto choice = parse_codes(word);
      if (!choice) return arguments.complain(no_such_code(word));
      take(*choice);
      if (comma == std::string_view::npos) return;
      rest.remove_prefix(comma + 1);
    }
  }

  bool take_codes(fa_tools::Arguments& arguments) {
    if (arguments.is("--deny") || arguments.is("--allow")) {
      const Level level = arguments.is("--deny") ? Level::Deny : Level::Allow;
      codes(arguments,
            [&](const CodeChoice& choice) { options_.levels.push_back({choice, level}); });
      return true;
    }
    if (arguments.is("--only") || arguments.is("--skip")) {
      std::set<unsigned>& set = arguments.is("--only") ? options_.only : options_.skip;
      codes(arguments, [&](const CodeChoice& choice) {
        set.insert(choice.codes.begin(), choice.codes.end());
      });
      return true;
    }
    return false;
  }

  bool take_text(fa_tools::Arguments& arguments) {
    struct TextOption {
      std::string_view name;
      std::string* into;
      std::string_view wanted;
    };
    const std::array<TextOption, 7> all{{
        {"-p", &options_.build, "the folder of compile_commands.json"},
        {"--build", &options_.build, "the folder of compile_commands.json"},
        {"--output", &options_.output, "a file"},
        {"--config", &options_.config, "a file like .fa.toml"},
        {"--baseline", &options_.baseline, "a file that --write-baseline wrote"},
        {"--write-baseline", &options_.write_baseline, "a file"},
        {"--cache", &options_.cache, "a folder"},
    }};
    for (const TextOption& option : all) {
      if (!arguments.is(option.name)) continue;
      if (auto value = arguments.text(option.wanted)) *option.into = std::move(*value);
      return true;
    }
    return false;
  }

  bool take_value(fa_tools::Arguments& arguments) {
    if (take_text(arguments)) return true;
    if (arguments.is("--exclude")) {
      if (auto glob = arguments.text("a glob")) options_.exclude.push_back(std::move(*glob));
    } else if (arguments.is("--min-severity")) {
      arguments.parsed(
          options_.min_severity,
          [](const std::string& word) -> std::optional<std::optional<Severity>> {
            if (const auto severity = parse_severity(word)) return severity;
            return std::nullopt;
          },
          "hint, warning or error");
    } else if (arguments.is("--jobs") || arguments.is("-j")) {
      arguments.number(options_.jobs, 1U, 1024U);
    } else if (arguments.is("--timeout")) {
      arguments.number(options_.timeout_s, 1U, 86400U);
    } else if (arguments.is("--format")) {
      arguments.parsed(
          options_.format,
          [](const std::string& word) -> std::optional<std::optional<Format>> {
            if (const auto format = parse_format(word)) return format;
            return std::nullopt;
          },
          format_words());
    } else if (arguments.is("--color")) {
      options_.color = static_cast<ColorWish>(arguments.choice({"auto", "always", "never"}));
    } else if (arguments.is("--changed")) {
      if (auto ref = arguments.text("a revision of git")) options_.changed = std::move(*ref);
    } else if (arguments.is("--tidy-selftest")) {
      if (auto program = arguments.text("a clang-tidy"))
        options_.tidy_selftest = *program == kAnyTidy ? "" : std::move(*program);
    } else if (arguments.is("--shard")) {
      take_shard(arguments);
    } else {
      return false;
    }
    return true;
  }

  void take_shard(fa_tools::Arguments& arguments) {
    constexpr std::string_view kWanted = "I/N with I from 1 to N, for example 1/4";
    const auto value = arguments.text(kWanted);
    if (!value) return;
    const std::size_t slash = value->find('/');
    const auto read = [](std::string_view text) {
      unsigned number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      return error == std::errc() && end == text.data() + text.size() ? number : 0U;
    };
    const std::string_view text = *value;
    options_.shard = slash == std::string::npos ? 0 : read(text.substr(0, slash));
    options_.shards = slash == std::string::npos ? 0 : read(text.substr(slash + 1));
    if (options_.shard == 0 || options_.shard > options_.shards) arguments.refuse(*value, kWanted);
  }

  void unknown(fa_tools::Arguments& arguments) {
    std::vector<std::string> names{"--build",
                                   "--all",
                                   "--deny",
                                   "--allow",
                                   "--only",
                                   "--skip",
                                   "--min-severity",
                                   "--exclude",
                                   "--fail-fast",
                                   "--jobs",
                                   "--timeout",
                                   "--format",
                                   "--output",
                                   "--color",
                                   "--config",
                                   "--no-config",
                                   "--baseline",
                                   "--write-baseline",
                                   "--changed",
                                   "--cache",
                                   "--no-cache",
                                   "--shard",
                                   "--fix",
                                   "--dry-run",
                                   "--strict-annotations",
                                   "--tidy-selftest",
                                   "--quiet",
                                   "--verbose",
                                   "--stats",
                                   "--version",
                                   "--help",
                                   "--deny-warnings",
                                   "--force"};
    for (const Group& group : kGroups) names.emplace_back(group.option);
    const std::string like = nearest(arguments.name(), names);
    std::string what = "no option '" + std::string(arguments.name()) + "'";
    if (!like.empty()) what += "; did you mean " + like + "?";
    arguments.complain(what);
  }

  // What does not go together.
  void check(fa_tools::Arguments& arguments) {
    if (options_.no_config && !options_.config.empty()) {
      arguments.complain("--config and --no-config exclude each other");
    }
    if (options_.no_cache && !options_.cache.empty()) {
      arguments.complain("--cache and --no-cache exclude each other");
    }
    if (options_.verb == Verb::Show && common_.wants_run() && options_.paths.size() != 1) {
      arguments.complain("show takes one file");
    }
    if (options_.verb == Verb::Merge && common_.wants_run() && options_.paths.empty()) {
      arguments.complain("merge has no files; expected reports of --format json or sarif");
    }
    if (options_.verb == Verb::Lsp && !options_.paths.empty()) {
      arguments.complain("lsp takes no paths; the editor says what is open");
    }
    if (options_.tidy_selftest && (options_.verb != Verb::Check || !options_.paths.empty())) {
      arguments.complain("--tidy-selftest takes a clang-tidy and reads nothing else");
    }
    if (options_.verb == Verb::Init && options_.paths.size() > 1) {
      arguments.complain("init takes one folder at most");
    }
  }

  std::vector<std::string> words_;
  std::vector<char*> pointers_;
  fa_tools::CommonOptions& common_;
  Options options_;
};

}  // namespace

bool Options::wants(unsigned code) const {
  if (!groups.empty() && groups.count(code) == 0) return false;
  if (!only.empty() && only.count(code) == 0) return false;
  return skip.count(code) == 0;
}

std::optional<Level> Options::level_of(unsigned code) const {
  std::optional<Level> level;
  bool exact = false;
  for (const LevelWish& wish : levels) {
    const std::vector<unsigned>& codes = wish.choice.codes;
    if (std::find(codes.begin(), codes.end(), code) == codes.end()) continue;
    if (exact && wish.choice.is_range) continue;
    exact = !wish.choice.is_range;
    level = wish.level;
  }
  return level;
}

Options parse_options(const std::vector<std::string>& words, fa_tools::CommonOptions& common) {
  const auto dashes = std::find(words.begin(), words.end(), "--");
  std::vector<std::string> own(words.begin(), dashes);
  // --changed may stand alone: then it means what is not committed. A path behind it is a path.
  for (auto word = own.begin(); word != own.end(); ++word) {
    if (*word != "--changed") continue;
    const auto next = std::next(word);
    std::error_code error;
    if (next == own.end() || next->starts_with('-') || std::filesystem::exists(*next, error)) {
      *word = "--changed=HEAD";
    }
  }
  for (auto word = own.begin(); word != own.end(); ++word) {
    if (*word != "--tidy-selftest") continue;
    const auto next = std::next(word);
    if (next == own.end() || next->starts_with('-')) *word += "=" + std::string(kAnyTidy);
  }
  // Some clients always say so; there is nothing else that it could be.
  if (!own.empty() && own.front() == "lsp") std::erase(own, "--stdio");
  Options options = Parser(std::move(own), common).parse();
  if (dashes != words.end()) options.extra.assign(std::next(dashes), words.end());
  return options;
}

}  // namespace fa_check
