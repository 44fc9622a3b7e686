// SPDX-License-Identifier: MIT OR Apache-2.0
#include "common/progress.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

#if defined(__unix__) || defined(__APPLE__)
#include <unistd.h>
#endif

namespace fa_tools {
namespace {

bool stderr_is_terminal() {
#if defined(__unix__) || defined(__APPLE__)
  return isatty(STDERR_FILENO) != 0;
#else
  return false;
#endif
}

constexpr std::uint64_t kWidth = 32;

}  // namespace

Progress::Progress(bool wanted) : wanted_(wanted), on_(wanted && stderr_is_terminal()) {}

Progress::~Progress() { clear(); }

void Progress::show(std::string_view what, std::uint64_t done, std::uint64_t total) {
  if (!on_ || total == 0) return;
  const auto now = std::chrono::steady_clock::now();
  if (drawn_ && done < total && now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  drawn_ = true;
  std::array<char, kWidth + 1> bar{};
  const std::uint64_t filled = std::min(done, total) * kWidth / total;
  for (std::uint64_t i = 0; i < kWidth; ++i) bar[i] = i < filled ? '#' : '.';
  std::fprintf(stderr, "\r\033[K[%s] %3u%%  %.*s", bar.data(),
               static_cast<unsigned>(std::min(done, total) * 100 / total),
               static_cast<int>(what.size()), what.data());
  std::fflush(stderr);
}

void Progress::note(std::string_view line) const {
  if (!wanted_ || on_) return;
  std::fprintf(stderr, "%.*s\n", static_cast<int>(line.size()), line.data());
  std::fflush(stderr);
}

void Progress::clear() {
  if (!drawn_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace fa_tools
