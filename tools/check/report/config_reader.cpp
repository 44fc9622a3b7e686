// SPDX-License-Identifier: MIT OR Apache-2.0
// Takes a .fa.toml apart, key by key.
#include "report/config.hpp"
#include "report/toml.hpp"

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

namespace fa_check {

namespace {

namespace fs = std::filesystem;

using Words = std::vector<std::string>;

const Words kModelWords{"frame",
                        "thread_frame",
                        "begin_frame",
                        "end_frame",
                        "begin_thread_frame",
                        "end_thread_frame",
                        "rewinds",
                        "retains",
                        "noescape",
                        "runs_on_thread",
                        "joined",
                        "deferred",
                        "per_frame",
                        "long_lived",
                        "waits",
                        "suspends"};

std::string type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a point";
    case toml::node_type::boolean:
      return "true or false";
    default:
      return "a date or time";
  }
}

class Reader {
 public:
  Reader(const std::string& path, Config& config)
      : path_(path), root_(fs::path(path).parent_path().string()), config_(config) {}

  std::string read(std::string_view text) {
    const toml::parse_result result = toml::parse(text, path_);
    if (!result) {
      const toml::parse_error& error = result.error();
      if (error.source().begin.line == 0) return path_ + ": " + std::string(error.description());
      return at(error.source()) + std::string(error.description());
    }
    keys(result.table(), "",
         {{"global", [this](const toml::node& node) { global(node); }},
          {"lints", [this](const toml::node& node) { lints(node); }},
          {"tags", [this](const toml::node& node) { tags(node); }},
          {"modules", [this](const toml::node& node) { modules(node); }},
          {"thresholds", [this](const toml::node& node) { thresholds(node); }},
          {"model", [this](const toml::node& node) { model(node); }},
          {"analysis", [this](const toml::node& node) { analysis(node); }},
          {"suppressions", [this](const toml::node& node) { suppressions(node); }}});
    return complaint_;
  }

 private:
  using Take = std::function<void(const toml::node&)>;

  std::string at(const toml::source_region& source) const {
    return path_ + ":" + std::to_string(source.begin.line) + ":" +
           std::to_string(source.begin.column) + ": ";
  }
  Origin origin(const toml::node& node) const { return {path_, node.source().begin.line}; }

  // Keeps the first complaint.
  void complain(const toml::source_region& where, const std::string& what) {
    if (complaint_.empty()) complaint_ = at(where) + what;
  }
  void wrong_type(const toml::node& node, const std::string& name, const std::string& wanted) {
    complain(node.source(), "'" + name + "' is " + type_name(node) + "; expected " + wanted);
  }

  // Hands each key of `table` to its taker; a key without one is a complaint with the nearest name.
  void keys(const toml::table& table, const std::string& prefix,
            const std::vector<std::pair<std::string, Take>>& known) {
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      bool taken = false;
      Words names;
      for (const auto& [word, take] : known) {
        names.push_back(word);
        if (word != name) continue;
        take(node);
        taken = true;
      }
      if (taken) continue;
      std::string what = "unknown key '" + prefix + name + "'";
      const std::string like = nearest(name, names);
      if (!like.empty()) {
        what += "; did you mean '" + prefix + like + "'?";
      } else {
        what += "; expected one of";
        for (const std::string& word : names) what += " " + word;
      }
      complain(key.source(), what);
    }
  }
  void section(const toml::node& node, const std::string& name,
               const std::vector<std::pair<std::string, Take>>& known) {
    if (const toml::table* table = node.as_table()) {
      keys(*table, name + ".", known);
    } else {
      wrong_type(node, name, "a table");
    }
  }

  // Takers of values.
  Take flag(const std::string& name, bool& into) {
    return [this, name, &into](const toml::node& node) {
      if (const auto* value = node.as_boolean()) {
        into = value->get();
      } else {
        wrong_type(node, name, "true or false");
      }
    };
  }
  Take number(const std::string& name, unsigned& into, unsigned least, unsigned most) {
    return [this, name, &into, least, most](const toml::node& node) {
      const auto* value = node.as_integer();
      if (value == nullptr) return wrong_type(node, name, "a whole number");
      if (value->get() < least || value->get() > most) {
        return complain(node.source(), "'" + name + "' is " + std::to_string(value->get()) +
                                           "; expected a whole number from " +
                                           std::to_string(least) + " to " + std::to_string(most));
      }
      into = static_cast<unsigned>(value->get());
    };
  }
  Take text(const std::string& name,
            std::function<void(const std::string&, const toml::node&)> take) {
    return [this, name, take = std::move(take)](const toml::node& node) {
      if (const auto* value = node.as_string()) {
        take(value->get(), node);
      } else {
        wrong_type(node, name, "a string");
      }
    };
  }
  std::optional<Words> words(const toml::node& node, const std::string& name) {
    const toml::array* array = node.as_array();
    if (array == nullptr) {
      wrong_type(node, name, "an array of strings");
      return std::nullopt;
    }
    Words all;
    for (const toml::node& element : *array) {
      if (const auto* value = element.as_string()) {
        all.push_back(value->get());
      } else {
        wrong_type(element, name, "an array of strings");
        return std::nullopt;
      }
    }
    return all;
  }
  // Each entry of a table whose keys the user chooses.
  void entries(const toml::node& node, const std::string& name,
               const std::function<void(const toml::key&, const toml::node&)>& take) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return wrong_type(node, name, "a table");
    for (const auto& [key, value] : *table) take(key, value);
  }
  std::string absolute(const std::string& glob) const {
    return glob.starts_with('/') || glob.find('/') == std::string::npos ? glob : root_ + "/" + glob;
  }

  void global(const toml::node& node) {
    section(node, "global",
            {{"min_severity", text("global.min_severity",
                                   [this](const std::string& word, const toml::node& at_node) {
                                     if (const auto severity = parse_severity(word)) {
                                       config_.min_severity = *severity;
                                     } else {
                                       complain(at_node.source(),
                                                "'global.min_severity' is '" + word +
                                                    "'; expected hint, warning or error");
                                     }
                                   })},
             {"exclude",
              [this](const toml::node& list) {
                const auto globs = words(list, "global.exclude");
                if (!globs) return;
                config_.exclude.clear();
                for (const std::string& glob : *globs) {
                  // One without "/" holds below this file only.
                  config_.exclude.push_back(
                      glob.find('/') == std::string::npos ? root_ + "/**/" + glob : absolute(glob));
                }
              }},
             {"deny_warnings", flag("global.deny_warnings", config_.deny_warnings)},
             {"build", text("global.build", [this](const std::string& word, const toml::node&) {
                config_.build =
                    word.empty() ? "" : (fs::path(root_) / word).lexically_normal().string();
              })}});
  }

  void level(const toml::key& key, const toml::node& value) {
    const auto choice = parse_codes(key.str());
    if (!choice) return complain(key.source(), "'lints.levels': " + no_such_code(key.str()));
    const auto* word = value.as_string();
    const auto wanted = word != nullptr ? parse_level(word->get()) : std::nullopt;
    if (!wanted) {
      const std::string given = word != nullptr ? "'" + word->get() + "'" : type_name(value);
      return complain(value.source(), "'lints.levels." + std::string(key.str()) + "' is " + given +
                                          "; expected \"allow\", \"hint\", \"warn\" or \"deny\"");
    }
    for (const unsigned code : choice->codes) {
      const auto there = config_.levels.find(code);
      // Within a file a code counts for more than a range.
      if (choice->is_range && there != config_.levels.end() && there->second.origin.file == path_ &&
          !there->second.is_range) {
        continue;
      }
      config_.levels[code] = {*wanted, choice->is_range, origin(value)};
    }
  }

  void lints(const toml::node& node) {
    section(node, "lints",
            {{"levels",
              [this](const toml::node& table) {
                entries(
                    table, "lints.levels",
                    [this](const toml::key& key, const toml::node& value) { level(key, value); });
              }},
             {"disabled", [this](const toml::node& list) {
                const auto names = words(list, "lints.disabled");
                if (!names) return;
                config_.disabled.clear();
                for (const std::string& name : *names) {
                  const auto choice = parse_codes(name);
                  if (!choice) {
                    return complain(list.source(), "'lints.disabled': " + no_such_code(name));
                  }
                  for (const unsigned code : choice->codes) config_.disabled[code] = origin(list);
                }
              }}});
  }

  void tags(const toml::node& node) {
    Settings& settings = config_.settings;
    section(node, "tags",
            {{"known_tags",
              [this, &settings](const toml::node& list) {
                if (auto all = words(list, "tags.known_tags")) settings.known_tags = *all;
              }},
             {"warn_unknown_tags", flag("tags.warn_unknown_tags", settings.warn_unknown_tags)},
             {"module_tags", [this, &settings](const toml::node& table) {
                entries(table, "tags.module_tags",
                        [&](const toml::key& key, const toml::node& value) {
                          const std::string glob(key.str());
                          if (auto all = words(value, "tags.module_tags." + glob)) {
                            settings.module_tags[rooted(glob)] = *all;
                          }
                        });
              }}});
  }
  // A glob of a module always means a place below this file.
  std::string rooted(const std::string& glob) const {
    return glob.starts_with('/') ? glob : root_ + "/" + glob;
  }

  void modules(const toml::node& node) {
    entries(node, "modules", [this](const toml::key& key, const toml::node& value) {
      const std::string glob(key.str());
      text("modules." + glob, [this, &glob](const std::string& name, const toml::node&) {
        config_.settings.modules[rooted(glob)] = name;
      })(value);
    });
  }

  void thresholds(const toml::node& node) {
    section(
        node, "thresholds",
        {{"loop_allocation_limit", number("thresholds.loop_allocation_limit",
                                          config_.settings.loop_allocation_limit, 0, 1000000)}});
  }

  void model(const toml::node& node) {
    Settings& settings = config_.settings;
    section(
        node, "model",
        {{"functions",
          [this, &settings](const toml::node& table) {
            entries(table, "model.functions", [&](const toml::key& key, const toml::node& value) {
              const std::string name(key.str());
              const auto all = words(value, "model.functions." + name);
              if (!all) return;
              for (const std::string& word : *all) check_word(word, value);
              settings.functions[name] = *all;
            });
          }},
         {"frames_in_flight", number("model.frames_in_flight", settings.frames_in_flight, 0, 4)}});
  }
  void check_word(const std::string& word, const toml::node& value) {
    for (const std::string& known : kModelWords) {
      if (word == known) return;
    }
    std::string what = "'model.functions' has the word '" + word + "', which there is not";
    const std::string like = nearest(word, kModelWords);
    if (!like.empty()) what += "; did you mean '" + like + "'?";
    complain(value.source(), what);
  }

  void analysis(const toml::node& node) {
    Settings& settings = config_.settings;
    section(node, "analysis",
            {{"max_states", number("analysis.max_states", settings.max_states, 1, 1000000)},
             {"max_depth", number("analysis.max_depth", settings.max_depth, 1, 1000)},
             {"timeout_s", number("analysis.timeout_s", config_.timeout_s, 1, 86400)}});
  }

  void suppressions(const toml::node& node) {
    section(node, "suppressions",
            {{"require_reason", flag("suppressions.require_reason", config_.require_reason)},
             {"report_unused", flag("suppressions.report_unused", config_.report_unused)}});
  }

  std::string path_, root_, complaint_;
  Config& config_;
};

}  // namespace

std::string read_config_text(std::string_view text, const std::string& path, Config& config) {
  config.settings.root = fs::path(path).parent_path().string();
  return Reader(path, config).read(text);
}

std::string read_config(const std::string& path, Config& config) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) {
    return path + ": cannot be read: " + (error ? error.message() : std::string("it is no file"));
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) return path + ": cannot be read";
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return read_config_text(text, path, config);
}

}  // namespace fa_check
