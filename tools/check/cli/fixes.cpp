// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cli/fixes.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace fa_check {

namespace {

struct Range {
  std::size_t from = 0, to = 0;  // bytes
};

// Result: the byte at which the place lies; npos when it lies outside.
std::size_t offset_of(const SourceText& source, unsigned line, unsigned column) {
  if (line == 0 || column == 0 || line > source.lines.size()) return std::string::npos;
  const std::string_view text = source.lines[line - 1];
  if (column - 1 > text.size()) return std::string::npos;
  return static_cast<std::size_t>(text.data() - source.text.data()) + column - 1;
}

bool overlap(const Range& a, const Range& b) {
  // Two insertions at one place have no order of their own, so they overlap too.
  return a.from == b.from || (a.from < b.to && b.from < a.to);
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t size = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return lines;
}

// A run of lines that is replaced: counted from 0, ends exclusive.
struct Change {
  std::size_t old_from, old_to, new_from, new_to;
};

// The edits say which lines change; lines between them are equal on both sides.
std::vector<Change> changes_of(const FixedFile& file) {
  std::vector<Change> changes;
  std::ptrdiff_t shift = 0;
  for (const Edit& edit : file.edits) {
    const auto added = std::count(edit.text.begin(), edit.text.end(), '\n');
    const auto removed = static_cast<std::ptrdiff_t>(edit.end_line - edit.line);
    const std::size_t from = edit.line - 1;
    if (changes.empty() || from >= changes.back().old_to) {
      const auto start = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(from) + shift);
      changes.push_back({from, edit.end_line, start, start + 1 + static_cast<std::size_t>(added)});
    } else {
      // On a line that changes already.
      Change& last = changes.back();
      last.old_to = std::max<std::size_t>(last.old_to, edit.end_line);
      last.new_to = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(last.old_to) + shift +
                                             added - removed);
    }
    shift += added - removed;
  }
  return changes;
}

std::string range_text(std::size_t from, std::size_t count) {
  std::string text = std::to_string(count == 0 ? from : from + 1);
  if (count != 1) text += "," + std::to_string(count);
  return text;
}

void put_lines(std::string& out, char mark, const std::vector<std::string_view>& lines,
               std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < to && i < lines.size(); ++i) {
    out += mark;
    out += lines[i];
    if (!lines[i].ends_with('\n')) out += "\n\\ No newline at end of file\n";
  }
}

}  // namespace

FixPlan plan_fixes(const std::vector<Diagnostic>& diagnostics, Sources& sources,
                   const std::function<std::string(const std::string&)>& absolute) {
  FixPlan plan;
  std::map<std::string, std::vector<std::pair<Range, Edit>>> by_file;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.suppression || !diagnostic.finding.fix) continue;
    std::vector<std::tuple<std::string, Range, Edit>> wanted;
    bool fits = true;
    for (const Edit& edit : diagnostic.finding.fix->edits) {
      const SourceText& source = sources.get(absolute(edit.file));
      const Range range{offset_of(source, edit.line, edit.column),
                        offset_of(source, edit.end_line, edit.end_column)};
      fits = fits && range.from != std::string::npos && range.to != std::string::npos &&
             range.from <= range.to;
      for (const auto& [other, taken] : by_file[edit.file]) fits = fits && !overlap(range, other);
      wanted.emplace_back(edit.file, range, edit);
    }
    if (!fits) {
      ++plan.left_out;
      continue;
    }
    for (auto& [file, range, edit] : wanted) by_file[file].emplace_back(range, edit);
    ++plan.applied;
  }
  for (auto& [file, edits] : by_file) {
    if (edits.empty()) continue;
    std::sort(edits.begin(), edits.end(),
              [](const auto& a, const auto& b) { return a.first.from < b.first.from; });
    FixedFile fixed{file, sources.get(absolute(file)).text, {}, {}};
    std::size_t at = 0;
    for (const auto& [range, edit] : edits) {
      fixed.after.append(fixed.before, at, range.from - at).append(edit.text);
      at = range.to;
      fixed.edits.push_back(edit);
    }
    fixed.after.append(fixed.before, at);
    plan.files.push_back(std::move(fixed));
  }
  return plan;
}

std::string unified_diff(const FixedFile& file) {
  constexpr std::size_t kContext = 3;
  const std::vector<std::string_view> before = lines_of(file.before), after = lines_of(file.after);
  const std::vector<Change> changes = changes_of(file);
  std::string out = "--- a/" + file.file + "\n+++ b/" + file.file + "\n";
  for (std::size_t first = 0; first < changes.size();) {
    std::size_t last = first;
    while (last + 1 < changes.size() &&
           changes[last + 1].old_from <= changes[last].old_to + 2 * kContext) {
      ++last;
    }
    const std::size_t lead = std::min(kContext, changes[first].old_from);
    const std::size_t old_from = changes[first].old_from - lead;
    const std::size_t new_from = changes[first].new_from - lead;
    const std::size_t old_to = std::min(changes[last].old_to + kContext, before.size());
    const std::size_t trail = old_to - changes[last].old_to;
    out += "@@ -" + range_text(old_from, old_to - old_from) + " +" +
           range_text(new_from, changes[last].new_to + trail - new_from) + " @@\n";
    std::size_t at = old_from;
    for (std::size_t i = first; i <= last; ++i) {
      put_lines(out, ' ', before, at, changes[i].old_from);
      put_lines(out, '-', before, changes[i].old_from, changes[i].old_to);
      put_lines(out, '+', after, changes[i].new_from, changes[i].new_to);
      at = changes[i].old_to;
    }
    put_lines(out, ' ', before, at, old_to);
    first = last + 1;
  }
  return out;
}

}  // namespace fa_check
