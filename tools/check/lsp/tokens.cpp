// SPDX-License-Identifier: MIT OR Apache-2.0
#include "lsp/tokens.hpp"

#include <algorithm>
#include <cstddef>

namespace fa_check::lsp {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool begins_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_in_word(char c) { return begins_word(c) || is_digit(c); }

// Result: the end of the literal that begins at `at`: behind its quote, or at the end of the line.
std::size_t end_of_quoted(std::string_view source, std::size_t at) {
  const char quote = source[at];
  for (std::size_t i = at + 1; i < source.size(); ++i) {
    if (source[i] == '\\') {
      ++i;
    } else if (source[i] == '\n') {
      return i;
    } else if (source[i] == quote) {
      return i + 1;
    }
  }
  return source.size();
}

std::string value_of(std::string_view literal) {
  std::string value;
  for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
    const bool escapes = literal[i] == '\\' && i + 2 < literal.size() &&
                         std::string_view("\"'\\?").find(literal[i + 1]) != std::string_view::npos;
    value += literal[escapes ? ++i : i];
  }
  return value;
}

std::size_t end_of_comment(std::string_view source, std::size_t at) {
  if (source.substr(at, 2) == "/*") {
    const std::size_t end = source.find("*/", at + 2);
    return end == source.npos ? source.size() : end + 2;
  }
  for (std::size_t end = source.find('\n', at); end != source.npos;
       end = source.find('\n', end + 1)) {
    if (source[end - 1] != '\\') return end;
  }
  return source.size();
}

class Reader {
 public:
  explicit Reader(std::string_view source) : source_(source) {}

  std::vector<Token> run() {
    while (at_ < source_.size()) step();
    return std::move(all_);
  }

 private:
  void step() {
    const char c = source_[at_];
    const std::string_view two = source_.substr(at_, 2);
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') return skip_to(at_ + 1);
    if (two == "//" || two == "/*") return skip_to(end_of_comment(source_, at_));
    if (two == "R\"" && raw_string()) return;
    if (c == '"' || c == '\'') return quoted();
    std::size_t end = at_ + 1;
    if (begins_word(c)) {
      while (end < source_.size() && is_in_word(source_[end])) ++end;
    } else if (is_digit(c)) {
      // With the separators of 1'000, which begin no literal.
      while (end < source_.size() &&
             (is_in_word(source_[end]) || source_[end] == '.' ||
              (source_[end] == '\'' && end + 1 < source_.size() && is_in_word(source_[end + 1]))))
        ++end;
    } else if (two == "::" || two == "->") {
      ++end;
    }
    add(end);
  }

  void quoted() {
    const std::size_t end = end_of_quoted(source_, at_);
    const std::string_view literal = source_.substr(at_, end - at_);
    const bool is_whole =
        literal.size() > 1 && literal.front() == '"' && literal.back() == literal.front();
    add(end);
    if (!is_whole) return;
    all_.back().is_text = true;
    all_.back().value = value_of(literal);
  }

  bool raw_string() {
    const std::size_t open = source_.find('(', at_);
    if (open == source_.npos || open - at_ > 18) return false;
    const std::string_view word = source_.substr(at_ + 2, open - at_ - 2);
    if (word.find_first_of(" \t\n\\)\"") != word.npos) return false;
    const std::string closing = ")" + std::string(word) + "\"";
    const std::size_t close = source_.find(closing, open);
    if (close == source_.npos) return false;
    add(close + closing.size());
    all_.back().is_text = true;
    all_.back().value = source_.substr(open + 1, close - open - 1);
    return true;
  }

  void add(std::size_t end) {
    Token token;
    token.text = source_.substr(at_, end - at_);
    token.line = line_;
    all_.push_back(std::move(token));
    skip_to(end);
  }

  void skip_to(std::size_t end) {
    end = std::min(end, source_.size());
    line_ +=
        static_cast<unsigned>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(at_),
                                         source_.begin() + static_cast<std::ptrdiff_t>(end), '\n'));
    at_ = end;
  }

  std::string_view source_;
  std::vector<Token> all_;
  std::size_t at_ = 0;
  unsigned line_ = 0;
};

}  // namespace

std::vector<Token> tokens_of(std::string_view source) { return Reader(source).run(); }

bool is_word(std::string_view text) { return !text.empty() && begins_word(text.front()); }

}  // namespace fa_check::lsp
