// SPDX-License-Identifier: MIT OR Apache-2.0
#include "report/comments.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace fa_check {

namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Comment> scan() {
    while (at_ < text_.size()) step();
    return std::move(comments_);
  }

 private:
  bool looking_at(std::string_view word) const { return text_.substr(at_).starts_with(word); }

  void step() {
    const char c = text_[at_];
    if (c == '\n') {
      ++line_;
      blank_ = true;
      ++at_;
    } else if (looking_at("//")) {
      take(text_.find('\n', at_), 0);
    } else if (looking_at("/*")) {
      take(text_.find("*/", at_ + 2), 2);
    } else if (c == '"') {
      blank_ = false;
      at_ > 0 && text_[at_ - 1] == 'R' ? skip_raw() : skip_quoted('"');
    } else if (c == '\'' && !(at_ > 0 && is_word(text_[at_ - 1]))) {
      // Behind a letter or a digit it separates digits, or ends a prefix, which does not matter.
      blank_ = false;
      skip_quoted('\'');
    } else {
      if (c != ' ' && c != '\t' && c != '\r') blank_ = false;
      ++at_;
    }
  }

  static bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

  void take(std::size_t end, std::size_t closing) {
    const std::size_t from = at_ + 2;
    end = std::min(end, text_.size());
    std::string_view text = text_.substr(from, end - from);
    if (text.ends_with('\r')) text.remove_suffix(1);
    comments_.push_back({text, line_, blank_});
    line_ += static_cast<unsigned>(std::count(text.begin(), text.end(), '\n'));
    at_ = std::min(text_.size(), end + closing);
  }

  void skip_quoted(char quote) {
    for (++at_; at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        if (text_[at_] == '\n') ++line_;
      }
    }
    if (at_ < text_.size() && text_[at_] == quote) ++at_;
  }

  void skip_raw() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos || open - at_ > 17) return skip_quoted('"');
    const std::string close = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
    const std::size_t end = std::min(text_.find(close, open), text_.size());
    const std::string_view body = text_.substr(at_, end - at_);
    line_ += static_cast<unsigned>(std::count(body.begin(), body.end(), '\n'));
    at_ = std::min(end + close.size(), text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  unsigned line_ = 1;
  bool blank_ = true;
  std::vector<Comment> comments_;
};

}  // namespace

std::vector<Comment> comments_of(std::string_view text) { return Scanner(text).scan(); }

}  // namespace fa_check
