// SPDX-License-Identifier: MIT OR Apache-2.0
#include "lsp/document.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace fa_check::lsp {

namespace {

// Bytes of the character that begins with `byte`; 1 for what begins none.
std::size_t bytes_of(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : value >= 0xC0 ? 2 : 1;
}

unsigned units_of(std::string_view text, bool utf16) {
  if (!utf16) return static_cast<unsigned>(text.size());
  unsigned units = 0;
  for (std::size_t i = 0; i < text.size(); i += bytes_of(text[i])) {
    units += bytes_of(text[i]) == 4 ? 2 : 1;
  }
  return units;
}

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string_view Document::line(unsigned line) const {
  std::string_view rest = text_;
  for (unsigned i = 1; i < line; ++i) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return {};
    rest.remove_prefix(end + 1);
  }
  std::string_view found = rest.substr(0, rest.find('\n'));
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

Position Document::position(unsigned line_number, unsigned column, bool utf16) const {
  if (line_number == 0) return {};
  const std::string_view text = line(line_number);
  const std::size_t bytes = std::min<std::size_t>(column > 0 ? column - 1 : 0, text.size());
  return {line_number - 1, units_of(text.substr(0, bytes), utf16)};
}

unsigned Document::length(unsigned line_number, bool utf16) const {
  return units_of(line(line_number), utf16);
}

std::optional<std::size_t> Document::offset(const nlohmann::json& position, bool utf16) const {
  if (!position.is_object() || !position.contains("line") || !position.contains("character") ||
      !position["line"].is_number_unsigned() || !position["character"].is_number_unsigned()) {
    return std::nullopt;
  }
  std::size_t at = 0;
  for (auto lines = position["line"].get<std::uint64_t>(); lines > 0; --lines) {
    const std::size_t end = text_.find('\n', at);
    if (end == std::string::npos) return text_.size();
    at = end + 1;
  }
  // Beyond the end of a line means its end.
  auto units = position["character"].get<std::uint64_t>();
  while (units > 0 && at < text_.size() && text_[at] != '\n') {
    const std::size_t bytes = utf16 ? bytes_of(text_[at]) : 1;
    const std::uint64_t width = utf16 && bytes == 4 ? 2 : 1;
    if (units < width) break;
    units -= width;
    at = std::min(at + bytes, text_.size());
  }
  return at;
}

bool Document::change(const nlohmann::json& change, bool utf16) {
  if (!change.is_object() || !change.contains("text") || !change["text"].is_string()) return false;
  const std::string text = change["text"].get<std::string>();
  const auto range = change.find("range");
  if (range == change.end()) {
    text_ = text;
    return true;
  }
  if (!range->is_object() || !range->contains("start") || !range->contains("end")) return false;
  const auto from = offset((*range)["start"], utf16), to = offset((*range)["end"], utf16);
  if (!from || !to || *from > *to) return false;
  text_.replace(*from, *to - *from, text);
  return true;
}

std::string path_of_uri(std::string_view uri) {
  constexpr std::string_view kScheme = "file://";
  if (!uri.starts_with(kScheme)) return {};
  uri.remove_prefix(kScheme.size());
  uri = uri.substr(std::min(uri.find('/'), uri.size()));
  std::string path;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    if (uri[i] == '%' && i + 2 < uri.size() && digit(uri[i + 1]) >= 0 && digit(uri[i + 2]) >= 0) {
      path += static_cast<char>(digit(uri[i + 1]) * 16 + digit(uri[i + 2]));
      i += 2;
    } else {
      path += uri[i];
    }
  }
  return path;
}

std::string uri_of_path(std::string_view path) {
  constexpr const char* kHex = "0123456789ABCDEF";
  std::string uri = "file://";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
                       (byte >= 'A' && byte <= 'Z') ||
                       std::string_view("-._~/+").find(c) != std::string_view::npos;
    if (plain) {
      uri += c;
    } else {
      uri += '%';
      uri += kHex[byte >> 4U];
      uri += kHex[byte & 15U];
    }
  }
  return uri;
}

}  // namespace fa_check::lsp
