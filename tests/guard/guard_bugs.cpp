// SPDX-License-Identifier: MIT OR Apache-2.0
// Runs one seeded bug in one guard mode: guard_bugs --case NAME --mode off|poison|pages|plain.
// `plain` is Off without verified calls. What is reported is printed to standard output.
#include "guard/bugs.hpp"

#include <sys/resource.h>

#include <cstring>
#include <string_view>

namespace framealloc::guard_bugs {
namespace {

struct Bug {
  std::string_view name;
  void (*run)(World& world);
};
constexpr Bug kBugs[] = {
#define SEEDED_BUG(name, ...) Bug{#name, &bug_##name},
#include "guard/seeded_bugs.def"
#undef SEEDED_BUG
};

void print_report(const Report& report, void*) {
  const std::string_view id = code_info(report.code).id;
  std::printf("REPORT %.*s %.*s\n", static_cast<int>(id.size()), id.data(),
              static_cast<int>(report.message.size()), report.message.data());
  std::fflush(stdout);
}

int run(const Bug& bug, std::string_view mode) {
  AllocConfig config;
  config.frame_arena_size = std::size_t{1} << 20;
  config.checked = mode != "plain";
  if (mode == "poison") config.guard = GuardMode::Poison;
  if (mode == "pages") config.guard = GuardMode::Pages;
  if (bug.name.find("in_flight") != std::string_view::npos) config.frames_in_flight = 2;
  config.on_report = &print_report;
  {
    SmartAlloc other(config);
    SmartAlloc alloc(config);
    if (!alloc || !other) return 3;
    World world{alloc, other};
    world.run_frames(2);
    bug.run(world);
    if (alloc.in_frame()) alloc.end_frame();
    world.run_frames(2);
  }
  std::printf("END\n");
  return 0;
}

}  // namespace
}  // namespace framealloc::guard_bugs

int main(int argc, char** argv) {
  using namespace framealloc::guard_bugs;
  std::string_view name;
  std::string_view mode = "off";
  bool list = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    list = list || word == "--list";
    if (word == "--case" && i + 1 < argc) name = argv[++i];
    if (word == "--mode" && i + 1 < argc) mode = argv[++i];
  }
  // A fault is what many cases are for; no core has to be written for it.
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  for (const Bug& bug : kBugs) {
    if (list) std::printf("%s\n", bug.name.data());
    if (!list && bug.name == name) return run(bug, mode);
  }
  return list ? 0 : 2;
}
