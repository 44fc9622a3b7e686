// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/suppressions.hpp"

#include "report/comments.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace fa_check {

namespace {

constexpr unsigned kLastLine = std::numeric_limits<unsigned>::max();

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1);
}

// The line that a comment alone on `line` speaks of: the next one that is not a comment or empty.
unsigned line_below(const SourceText& source, unsigned line) {
  for (unsigned next = line + 1; next <= source.lines.size(); ++next) {
    const std::string_view text = trimmed(source.line(next));
    if (!text.empty() && !text.starts_with("//")) return next;
  }
  return line + 1;
}

}  // namespace

FileSuppressions::FileSuppressions(const SourceText& source, const std::string& file,
                                   bool require_reason)
    : file_(file) {
  // Most files have none; then there is nothing to scan.
  if (source.text.find("fa:allow") == std::string::npos) return;
  for (const Comment& comment : comments_of(source.text)) {
    unsigned line = comment.line;
    std::string_view rest = comment.text;
    while (!rest.empty()) {
      const std::size_t end = rest.find('\n');
      read(rest.substr(0, end), line, comment.alone || line != comment.line, source,
           require_reason);
      if (end == std::string_view::npos) break;
      rest.remove_prefix(end + 1);
      ++line;
    }
  }
  for (InlineSuppression& entry : open_) {
    fault(entry.line,
          "fa:allow-begin(" + entry.written + ") has no fa:allow-end and covers the rest");
    entry.last = kLastLine;
    entries_.push_back(std::move(entry));
  }
  open_.clear();
}

void FileSuppressions::read(std::string_view text, unsigned line, bool alone,
                            const SourceText& source, bool require_reason) {
  // Nothing but the marker may stand before it, so that prose about it is none.
  text = trimmed(text);
  while (text.starts_with('/') || text.starts_with('*') || text.starts_with(' ')) {
    text.remove_prefix(1);
  }
  if (!text.starts_with("fa:allow")) return;
  text.remove_prefix(8);
  std::string_view form;
  for (const std::string_view word : {"-file", "-begin", "-end"}) {
    if (text.starts_with(word)) form = word;
  }
  text.remove_prefix(form.size());
  const std::size_t close = text.find(')');
  const std::string name = "fa:allow" + std::string(form);
  if (!text.starts_with('(') || close == std::string_view::npos) {
    return fault(line, name + " is not followed by codes in parentheses and does not count");
  }
  InlineSuppression entry;
  entry.line = line;
  entry.written = std::string(text.substr(1, close - 1));
  std::string_view codes = entry.written;
  for (;;) {
    const std::size_t comma = codes.find(',');
    const std::string_view word = trimmed(codes.substr(0, comma));
    if (const auto choice = parse_codes(word)) {
      entry.codes.insert(entry.codes.end(), choice->codes.begin(), choice->codes.end());
    } else {
      return fault(line, name + " does not count: " + no_such_code(word));
    }
    if (comma == std::string_view::npos) break;
    codes.remove_prefix(comma + 1);
  }
  if (form == "-end") {
    const auto begun = std::find_if(open_.rbegin(), open_.rend(),
                                    [&](const auto& open) { return open.codes == entry.codes; });
    if (begun == open_.rend()) {
      return fault(line, name + "(" + entry.written + ") has no begin above it");
    }
    begun->last = line;
    entries_.push_back(*begun);
    open_.erase(std::next(begun).base());
    return;
  }
  std::string_view reason = trimmed(text.substr(close + 1));
  if (reason.starts_with(':')) reason = trimmed(reason.substr(1));
  entry.reason = std::string(reason);
  if (reason.empty() && require_reason) {
    return fault(line, name + "(" + entry.written + ") has no reason and does not count: write `" +
                           name + "(" + entry.written + "): why`");
  }
  if (form == "-file") {
    entry.first = 1;
    entry.last = kLastLine;
  } else if (form == "-begin") {
    entry.first = line;
    open_.push_back(std::move(entry));
    return;
  } else {
    entry.first = entry.last = alone ? line_below(source, line) : line;
  }
  entries_.push_back(std::move(entry));
}

void FileSuppressions::fault(unsigned line, std::string message) {
  faults_.push_back({"suppression", file_, line, "", std::move(message)});
}

Remark FileSuppressions::unused_remark(const InlineSuppression& entry) const {
  return {"suppression", file_, entry.line, "",
          "fa:allow(" + entry.written + ") suppresses nothing; remove it"};
}

std::optional<Suppression> FileSuppressions::find(unsigned code, unsigned line) {
  // The narrowest counts, so that a wide one shows whether it is still needed.
  InlineSuppression* best = nullptr;
  for (InlineSuppression& entry : entries_) {
    if (line < entry.first || line > entry.last) continue;
    if (std::find(entry.codes.begin(), entry.codes.end(), code) == entry.codes.end()) continue;
    if (best == nullptr || entry.last - entry.first < best->last - best->first) best = &entry;
  }
  if (best == nullptr) return std::nullopt;
  best->used = true;
  return Suppression{SuppressionKind::Inline, best->reason, file_, best->line};
}

}  // namespace fa_check
