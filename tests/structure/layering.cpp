// SPDX-License-Identifier: MIT OR Apache-2.0
#include "structure/layering.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <regex>
#include <span>
#include <sstream>
#include <string>
#include <string_view>

namespace framealloc::structure {
namespace {

constexpr std::array<std::string_view, 13> kFolders{
    "base", "os",    "sync",   "account",   "memory", "arena", "pool",
    "heap", "frame", "thread", "container", "diag",   "facade"};
constexpr int kOutsideRank = static_cast<int>(kFolders.size());
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

// Public, Detail and Source are the core's rings; Module and Program stand outside.
enum class Ring { Public, Detail, Source, Module, Program };

struct Place {
  Ring ring;
  int rank;            // in kFolders, or kOutsideRank
  std::string folder;  // or the module's name
};

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  for (const auto& part : std::filesystem::path(path)) parts.push_back(part.string());
  return parts;
}

int rank_of_folder(std::string_view folder) {
  const auto* found = std::ranges::find(kFolders, folder);
  return found == kFolders.end() ? kUnknownFolder : static_cast<int>(found - kFolders.begin());
}

Place core_place(Ring ring, const std::string& folder) {
  return {ring, rank_of_folder(folder), folder};
}

// Result: the module whose header <framealloc/...> that is: gpu/vulkan.hpp is of gpu_vulkan where
// there is one, else of gpu, as gpu.hpp and gpu/block/list.hpp are.
std::string module_of_header(const std::vector<std::string>& parts, const Layout& layout) {
  std::string name;
  std::string found;
  for (const std::string& part : parts) {
    name += (name.empty() ? "" : "_") + std::filesystem::path(part).stem().string();
    if (found.empty() || find_module(layout.modules, name) != nullptr) found = name;
  }
  return found;
}

// Result: the module in whose folder the file is; "" when no row names one.
std::string module_of_file(const std::string& path, const Layout& layout) {
  const Module* found = nullptr;
  for (const Module& module : layout.modules) {
    if (!path.starts_with("modules/" + module.folder + "/")) continue;
    if (found == nullptr || module.folder.size() > found->folder.size()) found = &module;
  }
  return found == nullptr ? "" : found->name;
}

// The place of a header that is included as <framealloc/...>; `parts` begin behind "framealloc".
Place place_of_header(const std::vector<std::string>& parts, const Layout& layout) {
  if (parts.size() == 1) {
    const auto row = layout.headers.find(parts[0]);
    if (row != layout.headers.end()) return core_place(Ring::Public, row->second);
    return {Ring::Module, kOutsideRank, module_of_header(parts, layout)};
  }
  if (parts[0] == "detail" && parts.size() > 2) return core_place(Ring::Detail, parts[1]);
  // A header's place of before: it includes where the header is now.
  if (rank_of_folder(parts[0]) != kUnknownFolder) return core_place(Ring::Public, "facade");
  return {Ring::Module, kOutsideRank, module_of_header(parts, layout)};
}

std::optional<Place> place_of(const std::string& path, const Layout& layout) {
  const std::vector<std::string> parts = parts_of(path);
  if (parts.size() < 2) return std::nullopt;
  if (parts[0] == "modules") {
    const std::string module = module_of_file(path, layout);
    return Place{Ring::Module, module.empty() ? kUnknownFolder : kOutsideRank, module};
  }
  if (parts[0] == "tools" || parts[0] == "examples") {
    return Place{Ring::Program, kOutsideRank, parts[0]};
  }
  if (parts[0] == "src") return core_place(Ring::Source, parts.size() > 2 ? parts[1] : "");
  if (parts[0] != "include" || parts[1] != "framealloc" || parts.size() < 3) return std::nullopt;
  const Place place = place_of_header({parts.begin() + 2, parts.end()}, layout);
  if (place.ring != Ring::Module) return place;
  return Place{Ring::Public, kUnknownFolder, place.folder};
}

// The place that an include names, or nothing when it is not one of the core's or a module's
// headers.
std::optional<Place> place_of_include(const Place& from, const std::string& target,
                                      const Layout& layout) {
  const std::vector<std::string> parts = parts_of(target);
  if (parts.size() < 2) return std::nullopt;
  if (parts[0] == "framealloc") return place_of_header({parts.begin() + 1, parts.end()}, layout);
  // What stands outside cannot see src/; its folders may have the same names.
  if (from.rank == kOutsideRank || rank_of_folder(parts[0]) == kUnknownFolder) return std::nullopt;
  return core_place(Ring::Source, parts[0]);
}

bool names_one_of(const std::string& target, std::span<const std::string_view> headers) {
  return std::ranges::any_of(headers, [&](std::string_view header) {
    return header.ends_with('/') ? target.starts_with(header) : target == header;
  });
}

std::optional<std::string> offense_outside(const Place& from, const std::string& target,
                                           const Place& to, const Layout& layout) {
  if (to.ring == Ring::Detail) {
    return "'" + target + "' is the library's own: use a header for users, or make it one";
  }
  if (from.ring == Ring::Module && to.ring == Ring::Module && to.folder != from.folder) {
    const Module* const module = find_module(layout.modules, from.folder);
    if (module == nullptr ||
        std::ranges::find(module->stands_on, to.folder) == module->stands_on.end()) {
      return "module '" + from.folder + "' includes '" + target + "' of '" + to.folder +
             "', on which it does not stand";
    }
  }
  return std::nullopt;
}

std::optional<std::string> offense_of(const Place& from, const std::string& target,
                                      const Layout& layout) {
  const std::optional<Place> to = place_of_include(from, target, layout);
  if (from.rank == kOutsideRank)
    return to ? offense_outside(from, target, *to, layout) : std::nullopt;
  if (target.find("..") != std::string::npos) {
    return "relative include '" + target + "': name it by its folder";
  }
  if (from.folder != "os" && names_one_of(target, kSystemHeaders)) {
    return "system header '" + target + "' outside os/";
  }
  if (from.folder == "base" && names_one_of(target, kThreadHeaders)) {
    return "thread header '" + target + "' in base/";
  }
  if (!to) return std::nullopt;
  if (to->rank > from.rank) {
    return "include of '" + target + "' points upwards from " + from.folder + "/";
  }
  if (from.ring != Ring::Source && to->ring == Ring::Source) {
    return "'" + target + "' stands in src/, which is not installed";
  }
  return std::nullopt;
}

}  // namespace

PublicHeaders parse_public_headers(const SourceFile& table) {
  PublicHeaders headers;
  for (const std::string& line : table.lines) {
    std::istringstream row(line);
    std::string header;
    std::string folder;
    if (row >> header >> folder && header[0] != '#') headers[header] = folder;
  }
  return headers;
}

std::vector<Offense> check_includes(const SourceFile& file, const Layout& layout) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"].*)");
  std::vector<Offense> offenses;
  const std::optional<Place> place = place_of(file.path, layout);
  if (!place || !is_cpp(file.path)) return offenses;
  if (place->rank == kUnknownFolder) {
    offenses.push_back({file.path, 0,
                        "'" + place->folder +
                            "' has no place in the direction: a folder of the core, a row in "
                            "tests/structure/public_headers.txt or modules/modules.txt"});
    return offenses;
  }
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    std::smatch match;
    if (!std::regex_match(file.lines[i], match, kInclude)) continue;
    const std::string target = match[1].str();
    // What modules are tested with, not what they stand on.
    if (place->ring == Ring::Module && target.starts_with("framealloc/testing/") &&
        file.path.find("/tests/") != std::string::npos) {
      continue;
    }
    if (auto what = offense_of(*place, target, layout))
      offenses.push_back({file.path, i + 1, *what});
  }
  return offenses;
}

std::vector<Offense> check_platform_conditions(const SourceFile& file, const Layout& layout) {
  static const std::regex kCondition(
      R"(^\s*#\s*(if|ifdef|ifndef|elif|elifdef|elifndef)\b.*\b(_WIN32|_WIN64|__linux__|__linux|__APPLE__|__MACH__|__unix__|__ANDROID__|__FreeBSD__|_MSC_VER)\b.*)");
  std::vector<Offense> offenses;
  const std::optional<Place> place = place_of(file.path, layout);
  if (!place || place->rank == kOutsideRank || place->folder == "os") return offenses;
  if (file.path == "include/framealloc/compiler.hpp") return offenses;
  for (std::size_t i = 0; i < file.lines.size(); ++i) {
    std::smatch match;
    if (std::regex_match(file.lines[i], match, kCondition)) {
      offenses.push_back({file.path, i + 1, "asks for a platform: '" + file.lines[i] + "'"});
    }
  }
  return offenses;
}

}  // namespace framealloc::structure
