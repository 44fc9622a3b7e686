// SPDX-License-Identifier: MIT OR Apache-2.0
#include "structure/layering.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <regex>
#include <span>
#include <string>
#include <string_view>

namespace framealloc::structure {
namespace {

constexpr std::array<std::string_view, 12> kFolders{"base",   "os",     "sync",      "account",
                                                    "memory", "arena",  "pool",      "heap",
                                                    "frame",  "thread", "container", "diag"};
constexpr int kFacadeRank = static_cast<int>(kFolders.size());
constexpr int kModuleRank = kFacadeRank + 1;
constexpr int kUnknownFolder = -1;

// Headers that only os/ may name, whole or as a prefix that ends in '/'.
constexpr std::array<std::string_view, 14> kSystemHeaders{"sys/",        "linux/",
                                                          "mach/",       "unistd.h",
                                                          "pthread.h",   "dlfcn.h",
                                                          "execinfo.h",  "windows.h",
                                                          "sched.h",     "fcntl.h",
                                                          "poll.h",      "intrin.h",
                                                          "memoryapi.h", "processthreadsapi.h"};
// Headers that base/, which knows no threads, may not name.
constexpr std::array<std::string_view, 6> kThreadHeaders{
    "thread", "mutex", "shared_mutex", "condition_variable", "future", "semaphore"};

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  for (const auto& part : std::filesystem::path(path)) parts.push_back(part.string());
  return parts;
}

int rank_of_folder(std::string_view folder) {
  const auto* found = std::ranges::find(kFolders, folder);
  return found == kFolders.end() ? kUnknownFolder : static_cast<int>(found - kFolders.begin());
}

// The place of a file: its rank, and for a module the name that nobody else may include.
struct Place {
  int rank = kUnknownFolder;
  std::string folder;
};

std::optional<Place> place_of(const std::string& path) {
  const std::vector<std::string> parts = parts_of(path);
  if (parts.size() < 2) return std::nullopt;
  if (parts[0] == "modules") {
    const bool integration = parts[1] == "integrations" && parts.size() > 2;
    return Place{kModuleRank, integration ? parts[2] : parts[1]};
  }
  const bool header = parts[0] == "include" && parts[1] == "framealloc";
  if (!header && parts[0] != "src") return std::nullopt;
  const std::size_t at = header ? 2 : 1;
  if (parts.size() <= at + 1) return Place{kFacadeRank, ""};
  return Place{rank_of_folder(parts[at]), parts[at]};
}

// The place that an include names, or nothing when it is not one of the project's headers.
std::optional<Place> place_of_include(const std::string& target) {
  const std::vector<std::string> parts = parts_of(target);
  if (parts.size() < 2) return std::nullopt;
  if (parts[0] == "framealloc") {
    if (parts.size() == 2) return Place{kFacadeRank, ""};
    const int rank = rank_of_folder(parts[1]);
    return Place{rank == kUnknownFolder ? kModuleRank : rank, parts[1]};
  }
  const int rank = rank_of_folder(parts[0]);
  if (rank == kUnknownFolder) return std::nullopt;
  return Place{rank, parts[0]};
}

bool names_one_of(const std::string& target, std::span<const std::string_view> headers) {
  return std::ranges::any_of(headers, [&](std::string_view header) {
    return header.ends_with('/') ? target.starts_with(header) : target == header;
  });
}

std::optional<std::string> offence_of(const Place& from, const std::string& target) {
  if (target.find("..") != std::string::npos) {
    return "relative include '" + target + "': name it <framealloc/folder/header.hpp>";
  }
  const bool module = from.rank == kModuleRank;
  if (!module && from.folder != "os" && names_one_of(target, kSystemHeaders)) {
    return "system header '" + target + "' outside os/";
  }
  if (from.folder == "base" && names_one_of(target, kThreadHeaders)) {
    return "thread header '" + target + "' in base/";
  }
  const std::optional<Place> to = place_of_include(target);
  if (!to) return std::nullopt;
  if (module && to->rank == kModuleRank && to->folder != from.folder) {
    return "module '" + from.folder + "' includes '" + target + "' of another module";
  }
  if (to->rank > from.rank) {
    const std::string name = from.folder.empty() ? "the facade" : from.folder + "/";
    return "include of '" + target + "' points upwards from " + name;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Offence> check_includes(const SourceFile& file) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"].*)");
  std::vector<Offence> offences;
  const std::optional<Place> place = place_of(file.path);
  if (!place) return offences;
  if (place->rank == kUnknownFolder) {
    offences.push_back(
        {file.path, 0, "folder '" + place->folder + "' has no place in the direction"});
    return offences;
  }
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    std::smatch match;
    if (!std::regex_match(file.lines[i], match, kInclude)) continue;
    if (auto what = offence_of(*place, match[1].str()))
      offences.push_back({file.path, i + 1, *what});
  }
  return offences;
}

std::vector<Offence> check_platform_conditions(const SourceFile& file) {
  static const std::regex kCondition(
      R"(^\s*#\s*(if|ifdef|ifndef|elif|elifdef|elifndef)\b.*\b(_WIN32|_WIN64|__linux__|__linux|__APPLE__|__MACH__|__unix__|__ANDROID__|__FreeBSD__|_MSC_VER)\b.*)");
  std::vector<Offence> offences;
  const std::optional<Place> place = place_of(file.path);
  if (!place || place->rank == kModuleRank || place->folder == "os") return offences;
  if (file.path == "include/framealloc/base/compiler.hpp") return offences;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    std::smatch match;
    if (std::regex_match(file.lines[i], match, kCondition)) {
      offences.push_back({file.path, i + 1, "asks for a platform: '" + file.lines[i] + "'"});
    }
  }
  return offences;
}

}  // namespace framealloc::structure
