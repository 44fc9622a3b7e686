// SPDX-License-Identifier: MIT OR Apache-2.0
#include "model/glob.hpp"

namespace fa_check {

// Remembers the latest star of each sort alone: going back to an older one finds nothing that the
// newer does not, so the time is bounded by the product of the lengths.
bool glob_matches(std::string_view pattern, std::string_view path) {
  constexpr std::size_t kNone = std::string_view::npos;
  std::size_t p = 0, s = 0;
  std::size_t star = kNone, star_at = 0;  // "*", and how far it has eaten
  std::size_t deep = kNone, deep_at = 0;  // "**"
  for (;;) {
    if (p < pattern.size() && pattern[p] == '*') {
      if (p + 1 < pattern.size() && pattern[p + 1] == '*') {
        p += 2;
        // "a/**/b" matches "a/b": the separator behind belongs to the stars.
        if (p < pattern.size() && pattern[p] == '/' && (p == 2 || pattern[p - 3] == '/')) ++p;
        deep = p;
        deep_at = s;
        star = kNone;
      } else {
        star = ++p;
        star_at = s;
      }
      continue;
    }
    if (s == path.size() && p == pattern.size()) return true;
    if (s < path.size() && p < pattern.size() &&
        (pattern[p] == path[s] || (pattern[p] == '?' && path[s] != '/'))) {
      ++p;
      ++s;
    } else if (star != kNone && star_at < path.size() && path[star_at] != '/') {
      p = star;
      s = ++star_at;
    } else if (deep != kNone && deep_at < path.size()) {
      p = deep;
      s = ++deep_at;
      star = kNone;
    } else {
      return false;
    }
  }
}

bool glob_covers(std::string_view pattern, std::string_view root, std::string_view path) {
  while (pattern.starts_with("./")) pattern.remove_prefix(2);
  if (pattern.ends_with('/')) pattern.remove_suffix(1);
  if (pattern.empty()) return false;
  if (!pattern.starts_with('/')) {
    if (root != "/") {
      if (!path.starts_with(root)) return false;
      path.remove_prefix(root.size());
    }
    if (!path.starts_with('/')) return false;
    path.remove_prefix(1);
  }
  const bool any_depth = pattern.find('/') == std::string_view::npos;
  // The path itself and each folder above it.
  for (std::string_view above = path;;) {
    const std::size_t slash = above.rfind('/');
    if (glob_matches(pattern, above)) return true;
    if (any_depth && slash != std::string_view::npos &&
        glob_matches(pattern, above.substr(slash + 1))) {
      return true;
    }
    if (slash == std::string_view::npos || slash == 0) return false;
    above = above.substr(0, slash);
  }
}

}  // namespace fa_check
