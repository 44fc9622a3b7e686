// SPDX-License-Identifier: MIT OR Apache-2.0
#include "lsp/tag_scan.hpp"

#include "lsp/tokens.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <map>
#include <optional>

namespace fa_check::lsp {

namespace {

using Tokens = std::vector<Token>;

bool is_opener(std::string_view word) { return word == "with_tag" || word == "tag_scope"; }

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// `constexpr std::string_view kPhysics = "physics";`, `{"physics"}`, `const char kPhysics[] = ...`,
// `#define PHYSICS "physics"`.
std::map<std::string_view, std::string_view> constants_of(const Tokens& all) {
  std::map<std::string_view, std::string_view> values;
  for (std::size_t i = 2; i < all.size(); ++i) {
    if (!all[i].is_text) continue;
    std::size_t before = i - 1;
    const std::string_view sign = all[before].text;
    if (sign != "=" && sign != "{" && sign != "(") {
      if (i >= 3 && all[i - 2].text == "define" && all[i - 3].text == "#")
        values[sign] = all[i].value;
      continue;
    }
    const auto back = [&] { before -= before > 0 ? 1 : 0; };
    back();
    if (all[before].text == "=") back();
    if (all[before].text == "]")
      while (before > 0 && all[before].text != "[") back();
    if (all[before].text == "[") back();
    const std::string_view name = all[before].text;
    const std::string_view type = before > 0 ? all[before - 1].text : std::string_view();
    if (is_word(name) && (is_word(type) || is_one_of(type, {"*", "&", ">"})) && !is_opener(name))
      values[name] = all[i].value;
  }
  return values;
}

// What stands between the end of the code before and a brace: whether the brace begins a body.
bool begins_body(const Tokens& head) {
  if (head.size() < 3) return false;
  const auto first = std::find_if(head.begin(), head.end(), [](const Token& token) {
    return token.text != "inline" && token.text != "static";
  });
  if (first != head.end() &&
      is_one_of(first->text, {"if", "for", "while", "switch", "catch", "do", "else", "try",
                              "return", "namespace", "class", "struct", "union", "enum", "extern"}))
    return false;
  const auto find = [&](std::string_view word, std::size_t from) {
    for (std::size_t i = from; i < head.size(); ++i)
      if (head[i].text == word) return i;
    return head.size();
  };
  const bool is_operator = find("operator", 0) < head.size();
  const std::size_t open = find("(", 0);
  if (open < 1 || open >= head.size()) return false;
  const std::string_view before = head[open - 1].text;
  if (!is_word(before) && !is_one_of(before, {"~", "]", ")", ">"}) && !is_operator) return false;
  const std::size_t equals = find("=", 0);
  if (equals < open && !is_operator && find("template", 0) == head.size()) return false;
  // Of a constructor: `: member{` opens no body.
  unsigned depth = 0;
  std::size_t close = open;
  for (; close < head.size(); ++close) {
    if (head[close].text == "(") ++depth;
    if (head[close].text == ")" && --depth == 0) break;
  }
  if (close >= head.size()) return false;
  return find(":", close) == head.size() || is_one_of(head.back().text, {")", "}"});
}

std::optional<TagOpening> opening_at(
    const Tokens& all, std::size_t at,
    const std::map<std::string_view, std::string_view>& constants) {
  std::size_t next = at + 2;
  TagOpening opening{"", all[at].line};
  if (next < all.size() && all[next].is_text) {
    // Literals beside each other are one.
    while (next < all.size() && all[next].is_text) opening.tag += all[next++].value;
  } else {
    std::string_view name;
    while (next < all.size() && (is_word(all[next].text) || all[next].text == "::"))
      name = all[next++].text;
    const auto known = constants.find(name);
    if (known != constants.end()) opening.tag = known->second;
  }
  if (opening.tag.empty() || next >= all.size()) return std::nullopt;
  if (all[next].text != "," && all[next].text != ")") return std::nullopt;
  return opening;
}

class Scan {
 public:
  explicit Scan(const Tokens& all) : all_(all), constants_(constants_of(all)) {}

  std::vector<TaggedFunction> run() {
    for (std::size_t i = 0; i < all_.size(); ++i) take(i);
    // The function that is being typed has no end yet.
    leave();
    return std::move(functions_);
  }

 private:
  void take(std::size_t at) {
    const Token& token = all_[at];
    if (token.text == "#") directive_ = token.line;
    if (directive_ == token.line) return;
    if (current_ && is_opener(token.text) && at + 1 < all_.size() && all_[at + 1].text == "(") {
      if (auto opening = opening_at(all_, at, constants_))
        current_->openings.push_back(std::move(*opening));
    }
    if (token.text == "{") return open(token);
    if (token.text == "}") return close(token);
    if (token.text == ";") return head_.clear();
    const bool is_access = token.text == ":" && head_.size() == 1 &&
                           is_one_of(head_[0].text, {"public", "private", "protected"});
    if (is_access) return head_.clear();
    if (!current_) head_.push_back(token);
  }

  bool head_has(std::string_view word) const {
    return std::any_of(head_.begin(), head_.end(),
                       [&](const Token& token) { return token.text == word; });
  }

  void open(const Token& token) {
    ++depth_;
    if (!current_ && begins_body(head_)) {
      current_.emplace();
      current_->line = head_.front().line;
      body_depth_ = depth_;
    }
    // The brace of a member's initializer is part of the head.
    if (!current_ && head_has(":") && head_has(")"))
      head_.push_back(token);
    else
      head_.clear();
  }

  void close(const Token& token) {
    if (current_ && body_depth_ == depth_) leave();
    depth_ -= depth_ > 0 ? 1 : 0;
    if (head_has("{"))
      head_.push_back(token);
    else
      head_.clear();
  }

  void leave() {
    if (current_ && !current_->openings.empty()) functions_.push_back(std::move(*current_));
    current_.reset();
  }

  const Tokens& all_;
  std::map<std::string_view, std::string_view> constants_;
  std::vector<TaggedFunction> functions_;
  Tokens head_;
  std::optional<TaggedFunction> current_;
  unsigned depth_ = 0, body_depth_ = 0;
  std::optional<unsigned> directive_;  // the line that one is on
};

}  // namespace

std::vector<TaggedFunction> tagged_functions(std::string_view text) {
  if (text.find("with_tag") == text.npos && text.find("tag_scope") == text.npos) return {};
  const Tokens all = tokens_of(text);
  return Scan(all).run();
}

}  // namespace fa_check::lsp
