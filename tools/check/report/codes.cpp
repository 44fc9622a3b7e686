// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/codes.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace fa_check {

namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = lower(c);
  return result;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// "6xx" or "60x": whether `code` has these digits.
bool in_range(unsigned code, std::string_view pattern) {
  const std::string digits = code_text(code).substr(2);
  for (std::size_t i = 0; i < 3; ++i) {
    if (pattern[i] != 'x' && pattern[i] != digits[i]) return false;
  }
  return true;
}

}  // namespace

const std::vector<unsigned>& analyzer_codes() {
  static const std::vector<unsigned> codes = [] {
    std::vector<unsigned> all;
    for (const CodeInfo& info : framealloc::all_codes()) {
      if (info.raised_by != framealloc::RaisedBy::Runtime) {
        all.push_back(static_cast<unsigned>(info.code));
      }
    }
    return all;
  }();
  return codes;
}

std::optional<CodeChoice> parse_codes(std::string_view text) {
  const std::string word = lower(text);
  std::string_view digits = word;
  if (digits.starts_with("fa")) digits.remove_prefix(2);
  CodeChoice choice;
  if (digits.size() == 3 && is_digit(digits[0])) {
    for (const char c : digits) {
      if (c == 'x') {
        choice.is_range = true;
      } else if (!is_digit(c) || choice.is_range) {
        return std::nullopt;
      }
    }
    for (const unsigned code : analyzer_codes()) {
      if (in_range(code, digits)) choice.codes.push_back(code);
    }
  } else {
    for (const unsigned code : analyzer_codes()) {
      if (info_of(code).slug == word) choice.codes.push_back(code);
    }
  }
  if (choice.codes.empty()) return std::nullopt;
  return choice;
}

std::string no_such_code(std::string_view text) {
  std::string what = "there is no code '" + std::string(text) + "' that fa check reports";
  std::vector<std::string> words;
  for (const unsigned code : analyzer_codes()) {
    words.push_back(code_text(code));
    words.emplace_back(info_of(code).slug);
    words.push_back(code_text(code).substr(0, 3) + "xx");
  }
  std::string like = nearest(text, words);
  if (like.empty()) like = nearest("FA" + std::string(text), words);
  if (!like.empty()) what += "; did you mean " + like + "?";
  return what + " `fa list` shows all";
}

std::string code_text(unsigned code) {
  std::string digits = std::to_string(code);
  while (digits.size() < 3) digits.insert(digits.begin(), '0');
  return "FA" + digits;
}

const CodeInfo& info_of(unsigned code) {
  return framealloc::code_info(static_cast<framealloc::Code>(code));
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t changed = diagonal + (lower(a[i]) == lower(b[j]) ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
    }
  }
  return row[b.size()];
}

std::string nearest(std::string_view text, const std::vector<std::string>& words) {
  std::string best;
  // What differs in more than two letters in five is no misspelling.
  std::size_t least = text.size() * 2 / 5 + 2;
  for (const std::string& word : words) {
    const std::size_t far = distance(text, word);
    if (far < least) {
      least = far;
      best = word;
    }
  }
  return best;
}

}  // namespace fa_check
