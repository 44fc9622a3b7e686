// SPDX-License-Identifier: MIT OR Apache-2.0
#include "options.hpp"

#include <cstdio>

namespace fa_explain {
namespace {

// Reads one option that takes a value, as "--name value" or "--name=value".
class Arguments {
 public:
  explicit Arguments(std::span<char* const> all) : all_(all) {}

  bool next() {
    if (at_ == all_.size()) return false;
    word_ = all_[at_++];
    const std::size_t equals = word_.find('=');
    has_value_ = word_.starts_with("--") && equals != std::string_view::npos;
    name_ = word_.substr(0, has_value_ ? equals : std::string_view::npos);
    return true;
  }
  // Result: the option's name, or the whole word.
  std::string_view name() const { return name_; }
  bool is_flag(std::string_view wanted) const { return !has_value_ && name_ == wanted; }
  std::string_view value() {
    if (has_value_) return word_.substr(name_.size() + 1);
    return at_ < all_.size() ? std::string_view(all_[at_++]) : std::string_view();
  }

 private:
  std::span<char* const> all_;
  std::size_t at_ = 0;
  std::string_view word_;
  std::string_view name_;
  bool has_value_ = false;
};

std::string expected(std::string_view name, std::string_view value, std::string_view what) {
  std::string text(name);
  text += value.empty() ? " has no value" : " has the value '" + std::string(value) + "'";
  return text + "; expected " + std::string(what);
}

template <class T>
void take(Arguments& arguments, Options& options, std::optional<T>& into,
          std::optional<T> (*parse)(std::string_view), std::string_view what) {
  const std::string name(arguments.name());
  const std::string_view value = arguments.value();
  into = parse(value);
  if (!into) options.complaint = expected(name, value, what);
}

// Result: whether the argument is one that both programs know.
bool take_common(Arguments& arguments, Options& options) {
  if (arguments.is_flag("--help") || arguments.is_flag("-h")) {
    options.help = true;
  } else if (arguments.is_flag("--version")) {
    options.version = true;
  } else if (arguments.name() == "--format") {
    std::optional<Format> format;
    take(arguments, options, format, &parse_format, "text, json or markdown");
    if (format) options.format = *format;
  } else {
    return false;
  }
  return true;
}

}  // namespace

Options parse_explain(std::span<char* const> words) {
  Options options;
  Arguments arguments(words);
  while (options.complaint.empty() && arguments.next()) {
    if (take_common(arguments, options)) continue;
    if (arguments.is_flag("--all")) {
      options.all = true;
    } else if (arguments.name().starts_with("-")) {
      options.complaint = "no option '" + std::string(arguments.name()) + "'";
    } else {
      options.names.emplace_back(arguments.name());
    }
  }
  if (!options.complaint.empty() || options.help || options.version) return options;
  if (options.all && !options.names.empty()) options.complaint = "--all and a code";
  if (!options.all && options.names.empty()) options.complaint = "no code given";
  return options;
}

Options parse_list(std::span<char* const> words) {
  Options options;
  Arguments arguments(words);
  while (options.complaint.empty() && arguments.next()) {
    if (take_common(arguments, options)) continue;
    if (arguments.name() == "--category") {
      take(arguments, options, options.category, &parse_category, category_words());
    } else if (arguments.name() == "--severity") {
      take(arguments, options, options.severity, &parse_severity, "hint, warning or error");
    } else if (arguments.name() == "--raised-by") {
      take(arguments, options, options.raised_by, &parse_raised_by, "runtime, analyser or both");
    } else {
      options.complaint = "no option '" + std::string(arguments.name()) + "'";
    }
  }
  return options;
}

int write_out(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return written && std::fflush(stdout) == 0 ? kExitOk : kExitWrite;
}

}  // namespace fa_explain
