// SPDX-License-Identifier: MIT OR Apache-2.0
// What of the configuration changes the analysis itself. Which findings are shown, and how, is the
// business of report/ and cli/.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace fa_check {

struct Settings {
  // thresholds.loop_allocation_limit: constant loops with fewer turns are no FA602.
  unsigned loop_allocation_limit = 8;
  // model.frames_in_flight: 0 = from the source.
  unsigned frames_in_flight = 0;
  // model.functions: qualified name -> words of the annotations ("frame", "end_frame", ...).
  std::map<std::string, std::vector<std::string>> functions;
  // tags.known_tags and tags.warn_unknown_tags.
  std::vector<std::string> known_tags;
  bool warn_unknown_tags = false;
  // tags.module_tags: glob, absolute or relative to `root` -> tags allowed there.
  std::map<std::string, std::vector<std::string>> module_tags;
  // modules: glob -> name of the module; empty = the first folder below `root`.
  std::map<std::string, std::string> modules;
  // The folder that globs are relative to: of the .fa.toml, else the current folder.
  std::string root;
  // analysis.max_states (states kept apart at one point) and analysis.max_depth (of calls).
  unsigned max_states = 8;
  unsigned max_depth = 8;
  // Lists every opaque callee that gets frame memory among the assumptions.
  bool strict_annotations = false;
};

}  // namespace fa_check
