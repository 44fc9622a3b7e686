// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace fa_tools {

/// A progress bar on standard error, drawn only where that is a terminal and at most ten times a
/// second. Drawing happens when it is called, by nothing else.
class Progress {
 public:
  explicit Progress(bool wanted);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(std::string_view what, std::uint64_t done, std::uint64_t total);
  /// Where standard error is no terminal, writes a line to it instead of the bar, for long work whose
  /// log somebody reads; nothing where the bar is drawn or none is wanted.
  void note(std::string_view line) const;
  /// Removes the bar.
  void clear();

 private:
  bool wanted_;
  bool on_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

}  // namespace fa_tools
