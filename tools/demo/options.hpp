// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/arguments.hpp"
#include "jobs.hpp"
#include "scene.hpp"

namespace fa_demo {

struct Options : fa_tools::CommonOptions {
  SceneKind scene = SceneKind::Pyramid;
  std::uint32_t frames = 600;   ///< timed frames on each side
  std::uint32_t warm_up = 180;  ///< frames before the first timed one
  unsigned threads = 4;
  std::uint64_t seed = 2024;
  HandOff hand_off = HandOff::Park;
  bool run_framealloc = true;
  bool run_malloc = true;
  bool json = false;
  bool quiet = false;
  bool trace = true;  ///< count system calls in a traced child process
  bool check = false;
  bool behavior = false;      ///< the behaviour filter is on, on framealloc
  bool traced_child = false;  ///< this process is that child
  std::string report_path;    ///< of the HTML page; empty for none
  std::string trace_path;     ///< of the trace of framealloc; empty for none
  std::string snapshots;      ///< directory of the framealloc side's snapshots; empty for none
};

/// Reads the arguments after the program's name.
Options parse_options(std::span<char* const> arguments);

/// The text of --help.
std::string help_text();

}  // namespace fa_demo
