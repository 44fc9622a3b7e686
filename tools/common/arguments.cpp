// SPDX-License-Identifier: MIT OR Apache-2.0
#include "common/arguments.hpp"

#include <cmath>
#include <utility>

namespace fa_tools {

namespace {

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!std::isfinite(number) || number < 0) return std::nullopt;
  return number;
}

}  // namespace

bool Arguments::next() {
  for (;;) {
    if (inline_value_) refuse(*inline_value_, "no value: it is a switch");
    if (!common_.complaint.empty() || at_ == all_.size()) return false;
    const std::string_view word = all_[at_++];
    if (!only_operands_ && word == "--") {
      only_operands_ = true;
      continue;
    }
    const std::size_t equals =
        !only_operands_ && word.starts_with("--") ? word.find('=') : std::string_view::npos;
    name_ = word.substr(0, equals);
    if (equals != std::string_view::npos) inline_value_ = word.substr(equals + 1);
    if (is("--help") || is("-h")) {
      common_.help = true;
    } else if (is("--version")) {
      common_.version = true;
    } else {
      return true;
    }
  }
}

std::optional<std::string> Arguments::text(std::string_view wanted) {
  std::string_view value;
  if (inline_value_) {
    value = *std::exchange(inline_value_, std::nullopt);
  } else if (at_ < all_.size() && !std::string_view(all_[at_]).starts_with("--")) {
    value = all_[at_++];
  }
  if (!value.empty()) return std::string(value);
  complain(std::string(name_).append(" has no value; expected ").append(wanted));
  return std::nullopt;
}

std::size_t Arguments::choice(std::initializer_list<std::string_view> words) {
  const std::string wanted = alternatives(words);
  const std::optional<std::string> value = text(wanted);
  if (!value) return 0;
  std::size_t place = 0;
  for (const std::string_view word : words) {
    if (word == *value) return place;
    ++place;
  }
  refuse(*value, wanted);
  return 0;
}

void Arguments::refuse(std::string_view value, std::string_view wanted) {
  inline_value_.reset();
  std::string what(name_);
  complain(what.append(" has the value '").append(value).append("'; expected ").append(wanted));
}

void Arguments::refuse() {
  inline_value_.reset();
  complain(
      std::string(is_option() ? "no option '" : "unexpected argument '").append(name_).append("'"));
}

void Arguments::complain(std::string what) {
  if (common_.complaint.empty()) common_.complaint = std::move(what);
}

std::string alternatives(std::span<const std::string_view> words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i != 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  if (text.ends_with("iB")) {
    text.remove_suffix(2);
    if (text.empty() || std::string_view("KMGT").find(text.back()) == std::string_view::npos) {
      return std::nullopt;
    }
  } else if (text.ends_with('B')) {
    text.remove_suffix(1);
  }
  double factor = 1;
  if (!text.empty()) {
    const std::size_t unit = std::string_view("KMGT").find(text.back());
    if (unit != std::string_view::npos) {
      factor = std::ldexp(1.0, 10 * (static_cast<int>(unit) + 1));
      text.remove_suffix(1);
    }
  }
  // Exact where no unit is given: a double has 53 bits.
  std::uint64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  if (factor == 1.0) {
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return whole;
  }
  const std::optional<double> number = parse_number(text);
  if (!number || *number * factor >= 0x1p63) return std::nullopt;
  return static_cast<std::uint64_t>(*number * factor);
}

std::optional<double> parse_percent(std::string_view text) {
  if (!text.ends_with('%')) return std::nullopt;
  text.remove_suffix(1);
  return parse_number(text);
}

}  // namespace fa_tools
