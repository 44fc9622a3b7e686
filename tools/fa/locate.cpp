// SPDX-License-Identifier: MIT OR Apache-2.0
#include "locate.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>

namespace fa {
namespace {

bool is_program(const std::string& path) { return access(path.c_str(), X_OK) == 0; }

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

std::optional<std::string> find_in_path(const std::string& name) {
  const char* path = std::getenv("PATH");
  if (path == nullptr) return std::nullopt;
  for (std::string_view rest = path; !rest.empty();) {
    const std::size_t colon = rest.find(':');
    const std::string_view folder = rest.substr(0, colon);
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
    // An empty entry means the current folder; a tool that runs other tools should not honor it.
    if (folder.empty()) continue;
    std::string candidate = std::string(folder);
    candidate += '/';
    candidate += name;
    if (is_program(candidate)) return candidate;
  }
  return std::nullopt;
}

}  // namespace

std::string own_folder(std::string_view argv0) {
  std::array<char, 4096> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
  if (length > 0 && static_cast<std::size_t>(length) < path.size()) {
    return folder_of({path.data(), static_cast<std::size_t>(length)});
  }
  if (argv0.find('/') != std::string_view::npos) return folder_of(argv0);
  const std::optional<std::string> found = find_in_path(std::string(argv0));
  return found ? folder_of(*found) : std::string();
}

std::optional<std::string> find_program(std::string_view verb, const std::string& folder) {
  const std::string name = "fa-" + std::string(verb);
  if (!folder.empty()) {
    std::string beside = folder;
    beside += '/';
    beside += name;
    if (is_program(beside)) return beside;
  }
  return find_in_path(name);
}

}  // namespace fa
