// SPDX-License-Identifier: MIT OR Apache-2.0
#include "formats/json_file.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace fa_formats {

namespace {

using Json = nlohmann::json;

// Result: "12:5", the line and column of a byte.
std::string place_of(std::string_view text, std::size_t byte) {
  const std::string_view before = text.substr(0, byte == 0 ? 0 : byte - 1);
  const auto lines = std::ranges::count(before, '\n');
  const std::size_t newline = before.rfind('\n');
  const std::size_t column =
      newline == std::string_view::npos ? before.size() + 1 : before.size() - newline;
  return std::to_string(lines + 1) + ":" + std::to_string(column);
}

// A value takes up to fifty times the memory of its text: what is too much is refused unparsed.
// Result: "" or what there is too much of.
std::string excess_of(std::string_view text) {
  std::size_t depth = 0, containers = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{' || c == '[') {
      if (++depth > kMostDepth)
        return "nests deeper than " + std::to_string(kMostDepth) + " levels";
      if (++containers > kMostContainers) {
        return "has more than " + std::to_string(kMostContainers) + " objects and arrays";
      }
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return {};
}

}  // namespace

Read<std::string> read_text(const std::string& path, std::string_view wanted) {
  Read<std::string> result;
  errno = 0;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  char buffer[65536];
  std::size_t got = file == nullptr ? 0 : sizeof buffer;
  while (got == sizeof buffer && result.value.size() <= kMostBytes) {
    got = std::fread(buffer, 1, sizeof buffer, file.get());
    result.value.append(buffer, got);
  }
  if (file == nullptr || std::ferror(file.get()) != 0) {
    result.gone = errno == ENOENT;
    result.complaint = path + ": cannot be read: " + std::strerror(errno);
  } else if (result.value.size() > kMostBytes) {
    result.value = {};
    result.complaint = path + ": has more than " + std::to_string(kMostBytes >> 20U) + " MiB";
    result.complaint.append("; expected ").append(wanted);
  }
  return result;
}

std::string parse_json(std::string_view text, const std::string& path, std::string_view wanted,
                       Json& root) {
  const auto complaint = [&](const std::string& what) {
    return std::string(path).append(what).append("; expected ").append(wanted);
  };
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos) return complaint(": is empty") + ". Take a new one";
  if (const std::string excess = excess_of(text); !excess.empty()) {
    return complaint(": " + excess);
  }
  try {
    root = Json::parse(text);
  } catch (const Json::parse_error& error) {
    if (error.byte > last + 1) {
      return complaint(": ends in the middle of a value") + ". Take a new one";
    }
    return complaint(":" + place_of(text, error.byte) + ": is not JSON");
  } catch (const Json::exception&) {
    // Of what this can be, only a number reaches here.
    return complaint(": has a number that is too large to be read");
  }
  return {};
}

}  // namespace fa_formats
