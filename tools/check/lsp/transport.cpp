// SPDX-License-Identifier: MIT OR Apache-2.0
#include "lsp/transport.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace fa_check::lsp {

namespace {

constexpr std::string_view kLength = "content-length:";

// Result: the length that the headers name.
std::optional<std::size_t> length_of(std::string_view headers) {
  while (!headers.empty()) {
    const std::size_t end = headers.find("\r\n");
    std::string line(headers.substr(0, end));
    std::transform(line.begin(), line.end(), line.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (line.starts_with(kLength)) {
      const std::size_t from = line.find_first_not_of(' ', kLength.size());
      std::size_t length = 0;
      if (from == std::string::npos) return std::nullopt;
      const auto [stop, error] =
          std::from_chars(line.data() + from, line.data() + line.size(), length);
      if (error == std::errc() && stop == line.data() + line.size()) return length;
      return std::nullopt;
    }
    if (end == std::string_view::npos) break;
    headers.remove_prefix(end + 2);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> MessageReader::next() {
  if (broken_) return std::nullopt;
  const std::size_t end = buffer_.find("\r\n\r\n");
  if (end == std::string::npos) {
    // Headers are short; a kilobyte of something else has lost the thread.
    broken_ = buffer_.size() > 4096;
    return std::nullopt;
  }
  const auto length = length_of(std::string_view(buffer_).substr(0, end));
  if (!length || *length > kMostBytes) {
    broken_ = true;
    return std::nullopt;
  }
  if (buffer_.size() < end + 4 + *length) return std::nullopt;
  std::string body = buffer_.substr(end + 4, *length);
  buffer_.erase(0, end + 4 + *length);
  return body;
}

std::string framed(std::string_view body) {
  return "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

}  // namespace fa_check::lsp
