// SPDX-License-Identifier: MIT OR Apache-2.0
// Words of a command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fa_snapshots {

// Exit codes of the verbs that read snapshots.
inline constexpr int kExitOk = 0;
inline constexpr int kExitOver = 1;  // a limit that was given is exceeded
inline constexpr int kExitUsage = 2;
inline constexpr int kExitWrite = 3;  // the output could not be written
inline constexpr int kExitRead = 4;   // a snapshot could not be read

// One word after the other; an option's value as "--name value" or "--name=value".
class Arguments {
 public:
  explicit Arguments(std::span<char* const> all) : all_(all) {}

  bool next();
  // Result: the option's name, or the whole word.
  std::string_view name() const { return name_; }
  bool is_option() const { return !only_files_ && name_.size() > 1 && name_[0] == '-'; }
  bool is_flag(std::string_view wanted) const {
    return is_option() && !has_value_ && name_ == wanted;
  }
  bool is_option(std::string_view wanted) const { return is_option() && name_ == wanted; }
  // Result: the value of the option; "" when it has none.
  std::string_view value();

 private:
  std::span<char* const> all_;
  std::size_t at_ = 0;
  std::string_view word_;
  std::string_view name_;
  bool has_value_ = false;
  bool only_files_ = false;  // after "--"
};

// Result: the bytes that "4096", "64K", "64KiB", "1.5M" or "2GiB" mean; units are powers of 1024.
std::optional<std::uint64_t> parse_bytes(std::string_view text);
// Result: 5 for "5%", 0.5 for "0.5%".
std::optional<double> parse_percent(std::string_view text);

// Result: "--min has the value '5 apples'; expected <what>".
std::string expected(std::string_view name, std::string_view value, std::string_view what);

// Effect: writes `text` to standard output. Result: an exit code.
int write_out(const std::string& text);

}  // namespace fa_snapshots
