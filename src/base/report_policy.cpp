// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/report_policy.hpp>

#include <cstdlib>

namespace framealloc {
namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_word(std::string_view text, std::string_view word) noexcept {
  if (text.size() != word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (lower(text[i]) != word[i]) return false;
  }
  return true;
}

struct Word {
  std::string_view text;
  StrictMode mode;
};
constexpr Word kWords[] = {{"0", StrictMode::Warn},
                           {"warn", StrictMode::Warn},
                           {"false", StrictMode::Warn},
                           {"1", StrictMode::AbortOnError},
                           {"error", StrictMode::AbortOnError},
                           {"true", StrictMode::AbortOnError},
                           {"2", StrictMode::AbortOnWarning},
                           {"warning", StrictMode::AbortOnWarning},
                           {"all", StrictMode::AbortOnWarning}};

}  // namespace

std::string_view to_string(StrictMode mode) noexcept {
  switch (mode) {
    case StrictMode::Warn:
      return "warn";
    case StrictMode::AbortOnError:
      return "error";
    case StrictMode::AbortOnWarning:
      return "warning";
    case StrictMode::FromEnvironment:
      return "from the environment";
  }
  return "warn";
}

std::optional<StrictMode> parse_strict_mode(std::string_view text) noexcept {
  for (const Word& word : kWords) {
    if (same_word(text, word.text)) return word.mode;
  }
  return std::nullopt;
}

StrictMode strict_mode_from_environment() noexcept {
  const char* const value = std::getenv("FRAMEALLOC_STRICT");
  if (value == nullptr) return StrictMode::Warn;
  return parse_strict_mode(value).value_or(StrictMode::Warn);
}

}  // namespace framealloc
