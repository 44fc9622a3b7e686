// SPDX-License-Identifier: MIT OR Apache-2.0
#include "catalog.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace fa_explain {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// Edits (Levenshtein) that make one text the other.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

Rows all_rows() {
  Rows rows;
  for (const CodeInfo& info : framealloc::all_codes()) rows.push_back(&info);
  return rows;
}

const CodeInfo* find_row(std::string_view name) {
  const std::string wanted = lower(name);
  for (const CodeInfo& info : framealloc::all_codes()) {
    const std::string id = lower(info.id);
    if (wanted == id || wanted == id.substr(2) || wanted == info.slug) return &info;
  }
  return nullptr;
}

std::vector<std::string> similar_names(std::string_view name) {
  const std::string wanted = lower(name);
  std::vector<std::pair<std::size_t, std::string>> found;
  for (const CodeInfo& info : framealloc::all_codes()) {
    const std::size_t by_slug = info.slug.find(wanted) != std::string_view::npos && !wanted.empty()
                                    ? 0
                                    : distance(wanted, info.slug);
    found.emplace_back(by_slug, info.slug);
    found.emplace_back(distance(wanted, lower(info.id)), info.id);
  }
  std::ranges::sort(found);
  std::vector<std::string> names;
  for (const auto& [edits, text] : found) {
    if (names.size() == 3 || edits > 1 + text.size() / 3) break;
    names.push_back(text);
  }
  return names;
}

std::string_view to_string(RaisedBy raised_by) {
  switch (raised_by) {
    case RaisedBy::Runtime:
      return "runtime";
    case RaisedBy::Analyzer:
      return "analyzer";
    case RaisedBy::Both:
      return "both";
  }
  return "runtime";
}

std::optional<Category> parse_category(std::string_view text) {
  for (const CodeInfo& info : framealloc::all_codes()) {
    if (lower(text) == framealloc::to_string(info.category)) return info.category;
  }
  return std::nullopt;
}

std::optional<Severity> parse_severity(std::string_view text) {
  for (const Severity severity : {Severity::Hint, Severity::Warning, Severity::Error}) {
    if (lower(text) == framealloc::to_string(severity)) return severity;
  }
  return std::nullopt;
}

std::optional<RaisedBy> parse_raised_by(std::string_view text) {
  for (const RaisedBy who : {RaisedBy::Runtime, RaisedBy::Analyzer, RaisedBy::Both}) {
    if (lower(text) == to_string(who)) return who;
  }
  return std::nullopt;
}

std::string category_words() {
  std::string words;
  std::optional<Category> last;
  for (const CodeInfo& info : framealloc::all_codes()) {
    if (last == info.category) continue;
    last = info.category;
    const std::string_view word = framealloc::to_string(info.category);
    if (words.find(word) != std::string::npos) continue;
    if (!words.empty()) words += ", ";
    words += word;
  }
  return words;
}

}  // namespace fa_explain
