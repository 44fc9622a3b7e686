// SPDX-License-Identifier: MIT OR Apache-2.0
#include "machine.hpp"

#include <gnu/libc-version.h>
#include <sys/utsname.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "table.hpp"

namespace bench {
namespace {

std::string processor() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown processor";
}

std::string first_line(const char* file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

}  // namespace

std::string machine_line() {
#if defined(__clang__)
  const char* compiler = "clang " __clang_version__;
#else
  const char* compiler = "g++ " __VERSION__;
#endif
  utsname system;
  uname(&system);
  double load = 0;
  getloadavg(&load, 1);
  return format("%s, %u processors, Linux %s, glibc %s, %s, transparent huge pages: %s, load %.1f",
                processor().c_str(), std::thread::hardware_concurrency(), system.release,
                gnu_get_libc_version(), compiler,
                first_line("/sys/kernel/mm/transparent_hugepage/enabled").c_str(), load);
}

}  // namespace bench
