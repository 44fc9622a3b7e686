// SPDX-License-Identifier: MIT OR Apache-2.0
// Words of a command line. Every tool reads its own with this, so that all take them alike:
// "--name value", "--name=value", "--" before words that begin with a dash; what is not understood
// is an error, never passed over.
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace fa_tools {

// What every tool knows.
struct CommonOptions {
  bool help = false, version = false;
  std::string complaint;  // not empty: what is wrong with the arguments
  // Result: whether the rest of the arguments matters.
  bool wants_run() const { return complaint.empty() && !help && !version; }
};

// Walks the words and keeps the first complaint.
class Arguments {
 public:
  // `all`: without the program's name. Complaints and --help, -h and --version go to `common`.
  Arguments(std::span<char* const> all, CommonOptions& common) : all_(all), common_(common) {}
  // The arguments of main().
  Arguments(int argc, char* const* argv, CommonOptions& common)
      : Arguments(words_of(argc, argv), common) {}
  static std::span<char* const> words_of(int argc, char* const* argv) {
    return {argv + (argc > 0 ? 1 : 0), static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)};
  }

  // Effect: goes on to the next word that is neither --help nor --version. Result: false when there
  // is none, and after a complaint.
  bool next();

  // Result: whether the word is this switch, or this option with a value.
  bool is(std::string_view name) const { return is_option() && name_ == name; }
  bool is_operand() const { return !is_option(); }
  // Result: the operand, or the option's name.
  std::string_view name() const { return name_; }

  // The value of the option; nothing after a complaint. `wanted` completes "expected ...".
  std::optional<std::string> text(std::string_view wanted);
  template <class Number>
  void number(Number& into, Number least, Number most) {
    const std::string wanted = range_text(std::to_string(least), std::to_string(most));
    const std::optional<std::string> word = text(wanted);
    if (!word) return;
    Number value = 0;
    const auto [end, error] = std::from_chars(word->data(), word->data() + word->size(), value);
    if (error != std::errc() || end != word->data() + word->size() || value < least ||
        value > most) {
      return refuse(*word, wanted);
    }
    into = value;
  }
  // `parse` makes an optional of the text.
  template <class Value, class Parse>
  void parsed(Value& into, Parse&& parse, std::string_view wanted) {
    const std::optional<std::string> word = text(wanted);
    if (!word) return;
    if (auto value = parse(*word)) {
      into = *value;
    } else {
      refuse(*word, wanted);
    }
  }
  // Result: the place of the value among `words`; 0 after a complaint.
  std::size_t choice(std::initializer_list<std::string_view> words);

  // Effect: a complaint about the value of the option.
  void refuse(std::string_view value, std::string_view wanted);
  // Effect: a complaint that there is no such option, or that the operand is one too many.
  void refuse();
  void complain(std::string what);

 private:
  static std::string range_text(const std::string& least, const std::string& most) {
    return "a whole number from " + least + " to " + most;
  }
  bool is_option() const { return !only_operands_ && name_.size() > 1 && name_[0] == '-'; }

  std::span<char* const> all_;
  CommonOptions& common_;
  std::size_t at_ = 0;
  std::string_view name_;
  std::optional<std::string_view> inline_value_;  // behind "=", until it is taken
  bool only_operands_ = false;                    // after "--"
};

// Result: "a, b or c".
std::string alternatives(std::span<const std::string_view> words);

// Result: the bytes that "4096", "64K", "64KiB", "1.5M" or "2GiB" mean; units are powers of 1024.
std::optional<std::uint64_t> parse_bytes(std::string_view text);
// Result: 5 for "5%", 0.5 for "0.5%".
std::optional<double> parse_percent(std::string_view text);

}  // namespace fa_tools
