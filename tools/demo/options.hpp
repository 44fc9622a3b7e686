// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/arguments.hpp"
#include "jobs.hpp"
#include "scene.hpp"

namespace fa_demo {

/// Where the memory of a side comes from.
enum class SideKind { Framealloc, Malloc, Kept, Mimalloc };

struct SideInfo {
  SideKind kind;
  std::string_view name;   ///< on the command line and in JSON
  std::string_view title;  ///< for people
};
/// Every side, in the order in which they are shown.
std::span<const SideInfo> all_sides() noexcept;
/// Result: the title of a side by its name; the name where there is no such side.
std::string_view side_title(std::string_view name) noexcept;

struct Options : fa_tools::CommonOptions {
  SceneKind scene = SceneKind::Pyramid;
  std::uint32_t frames = 1000;  ///< timed frames on each side
  std::uint32_t warm_up = 180;  ///< frames before the first timed one
  unsigned threads = 4;
  std::uint64_t seed = 2024;
  HandOff hand_off = HandOff::Park;
  std::vector<SideKind> sides{SideKind::Framealloc, SideKind::Malloc, SideKind::Kept};
  bool json = false;
  bool quiet = false;
  bool trace = true;  ///< count system calls in a traced child process
  bool check = false;
  bool behavior = false;      ///< the behavior filter is on, on framealloc
  bool traced_child = false;  ///< this process is that child
  bool show_bug = false;      ///< have guard mode Pages catch a stale pointer, in a child process
  bool bug_child = false;     ///< this process is that one
  std::string report_path;    ///< of the HTML page; empty for none
  std::string trace_path;     ///< of the trace of framealloc; empty for none
  std::string snapshots;      ///< directory of the framealloc side's snapshots; empty for none

  bool runs(SideKind kind) const noexcept {
    return std::find(sides.begin(), sides.end(), kind) != sides.end();
  }
};

/// Reads the arguments after the program's name.
Options parse_options(std::span<char* const> arguments);

/// The text of --help.
std::string help_text();

}  // namespace fa_demo
