// SPDX-License-Identifier: MIT OR Apache-2.0
#include "snapshot_files/arguments.hpp"

#include <charconv>
#include <cmath>
#include <cstdio>

namespace fa_snapshots {

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
  if (at_ == all_.size()) return false;
  word_ = all_[at_++];
  if (!only_files_ && word_ == "--") {
    only_files_ = true;
    return next();
  }
  const std::size_t equals = only_files_ ? std::string_view::npos : word_.find('=');
  has_value_ = word_.starts_with("--") && equals != std::string_view::npos;
  name_ = word_.substr(0, has_value_ ? equals : std::string_view::npos);
  return true;
}

std::string_view Arguments::value() {
  if (has_value_) return word_.substr(name_.size() + 1);
  return at_ < all_.size() ? std::string_view(all_[at_++]) : std::string_view();
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

std::string expected(std::string_view name, std::string_view value, std::string_view what) {
  std::string text(name);
  if (value.empty()) {
    text += " has no value";
  } else {
    text.append(" has the value '").append(value).append("'");
  }
  return text.append("; expected ").append(what);
}

int write_out(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return written && std::fflush(stdout) == 0 ? kExitOk : kExitWrite;
}

}  // namespace fa_snapshots
