// SPDX-License-Identifier: MIT OR Apache-2.0
#include "bug.hpp"

#include "jobs.hpp"
#include "side.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace fa_demo {
namespace {

std::string read_all(int from) {
  std::string text;
  std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t got = read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

void run_bug_child(const Options& options) {
  JobCrew crew(options.threads, options.hand_off);
  const std::unique_ptr<Side> side = make_forgetful_side(options, crew);
  for (std::uint64_t frame = 0; frame < kBugFrames; ++frame) side->run_frame();
}

BugReport show_bug(const Options& options) {
  BugReport report;
  report.asked = true;
  std::vector<std::string> words{
      "fa-demo",
      "--bug-child",
      "--scene=" + std::string(scene_name(options.scene)),
      "--threads=" + std::to_string(options.threads),
      "--seed=" + std::to_string(options.seed),
      options.hand_off == HandOff::Park ? "--hand-off=park" : "--hand-off=spin"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe(ends.data()) != 0) {
    report.text = std::string("no pipe: ") + std::strerror(errno);
    return report;
  }
  const pid_t child = fork();
  if (child == 0) {
    // Only calls that are safe between fork and exec in a process with threads.
    const rlimit none{0, 0};  // it is meant to crash: no core file
    setrlimit(RLIMIT_CORE, &none);
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    execv("/proc/self/exe", arguments.data());
    _exit(126);
  }
  close(ends[1]);
  report.text =
      child < 0 ? std::string("no child process: ") + std::strerror(errno) : read_all(ends[0]);
  close(ends[0]);
  while (child > 0 && waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  const std::size_t begin = report.text.find("[framealloc][FA002]");
  report.caught = begin != std::string::npos;
  if (report.caught) report.text.erase(0, begin);
  return report;
}

}  // namespace fa_demo
