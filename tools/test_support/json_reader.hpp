// SPDX-License-Identifier: MIT OR Apache-2.0
// A strict reader of JSON (RFC 8259), for tests that check what the tools write.
#pragma once

#include <cctype>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fa_test {

struct JsonMember;

struct Json {
  enum class Kind { Null, Boolean, Number, String, Array, Object };
  Kind kind = Kind::Null;
  double number = 0.0;  // 0 or 1 for a boolean
  std::string text;
  std::vector<Json> items;
  std::vector<JsonMember> members;

  // Result: the member at a path like "sides.0.steady_frame", or null.
  const Json* at(std::string_view path) const;
};

struct JsonMember {
  std::string key;
  Json value;
};

inline const Json* Json::at(std::string_view path) const {
  if (path.empty()) return this;
  const std::size_t dot = path.find('.');
  const std::string_view name = path.substr(0, dot);
  const std::string_view rest =
      dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
  if (kind == Kind::Array) {
    std::size_t index = 0;
    std::from_chars(name.data(), name.data() + name.size(), index);
    return index < items.size() ? items[index].at(rest) : nullptr;
  }
  for (const JsonMember& member : members) {
    if (member.key == name) return member.value.at(rest);
  }
  return nullptr;
}

class JsonReader {
 public:
  // Result: the value, or nothing when `text` is not exactly one JSON value.
  static std::optional<Json> read(std::string_view text) {
    JsonReader reader(text);
    Json value;
    if (!reader.value(value)) return std::nullopt;
    reader.blanks();
    if (reader.at_ != text.size()) return std::nullopt;
    return value;
  }

 private:
  explicit JsonReader(std::string_view text) : text_(text) {}

  void blanks() {
    while (at_ < text_.size() &&
           std::string_view(" \n\r\t").find(text_[at_]) != std::string_view::npos) {
      ++at_;
    }
  }
  bool take(char wanted) {
    if (at_ == text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view wanted) {
    if (text_.substr(at_, wanted.size()) != wanted) return false;
    at_ += wanted.size();
    return true;
  }

  bool value(Json& into) {
    blanks();
    if (at_ == text_.size()) return false;
    switch (text_[at_]) {
      case '{':
        return object(into);
      case '[':
        return array(into);
      case '"':
        into.kind = Json::Kind::String;
        return string(into.text);
      case 't':
        into.kind = Json::Kind::Boolean;
        into.number = 1.0;
        return word("true");
      case 'f':
        into.kind = Json::Kind::Boolean;
        return word("false");
      case 'n':
        return word("null");
      default:
        return number(into);
    }
  }
  bool number(Json& into) {
    into.kind = Json::Kind::Number;
    const char first = text_[at_];
    if (first != '-' && std::isdigit(static_cast<unsigned char>(first)) == 0) return false;
    const auto [end, error] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), into.number);
    if (error != std::errc()) return false;
    at_ = static_cast<std::size_t>(end - text_.data());
    return true;
  }
  bool string(std::string& into) {
    if (!take('"')) return false;
    while (at_ < text_.size() && text_[at_] != '"') {
      const char character = text_[at_++];
      if (static_cast<unsigned char>(character) < 0x20U) return false;
      if (character != '\\') {
        into += character;
        continue;
      }
      if (at_ == text_.size()) return false;
      const char escape = text_[at_++];
      if (escape == 'u') {
        if (at_ + 4 > text_.size()) return false;
        unsigned code = 0;
        const auto end = std::from_chars(text_.data() + at_, text_.data() + at_ + 4, code, 16).ptr;
        if (end != text_.data() + at_ + 4 || code > 0x7FU) return false;
        into += static_cast<char>(code);
        at_ += 4;
      } else if (const auto place = std::string_view("\"\\/bfnrt").find(escape);
                 place != std::string_view::npos) {
        into += "\"\\/\b\f\n\r\t"[place];
      } else {
        return false;
      }
    }
    return take('"');
  }
  bool array(Json& into) {
    into.kind = Json::Kind::Array;
    take('[');
    blanks();
    if (take(']')) return true;
    do {
      if (!value(into.items.emplace_back())) return false;
      blanks();
    } while (take(','));
    return take(']');
  }
  bool object(Json& into) {
    into.kind = Json::Kind::Object;
    take('{');
    blanks();
    if (take('}')) return true;
    do {
      blanks();
      auto& [key, member] = into.members.emplace_back();
      if (!string(key)) return false;
      blanks();
      if (!take(':') || !value(member)) return false;
      blanks();
    } while (take(','));
    return take('}');
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace fa_test
