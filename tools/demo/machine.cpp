// SPDX-License-Identifier: MIT OR Apache-2.0
#include "machine.hpp"

#include <box2d/b2_common.h>

#include <fstream>
#include <thread>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/utsname.h>
#endif
#if defined(__GLIBC__)
#include <gnu/libc-version.h>
#endif

namespace fa_demo {
namespace {

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t colon = line.find(':');
    if (colon != std::string::npos && colon + 2 <= line.size()) return line.substr(colon + 2);
  }
#if defined(__aarch64__)
  return "AArch64 processor";
#else
  return "unknown processor";
#endif
}

std::string system_name() {
#if defined(__unix__) || defined(__APPLE__)
  utsname names{};
  if (uname(&names) == 0) {
    return std::string(names.sysname) + " " + names.release + " " + names.machine;
  }
#endif
  return "unknown system";
}

std::string compiler_name() {
#if defined(__clang__)
  std::string name = "clang " __clang_version__;
#elif defined(__GNUC__)
  std::string name = "g++ " __VERSION__;
#else
  std::string name = "unknown compiler";
#endif
  while (!name.empty() && name.back() == ' ') name.pop_back();
#if defined(__OPTIMIZE__)
  return name + ", optimized";
#else
  return name + ", not optimized: do not read the times";
#endif
}

}  // namespace

Machine read_machine() {
  Machine machine;
  machine.processor = processor_name();
  machine.cores = std::thread::hardware_concurrency();
  machine.system = system_name();
  machine.compiler = compiler_name();
#if defined(__GLIBC__)
  machine.library = std::string("glibc ") + gnu_get_libc_version();
#else
  machine.library = "unknown C library";
#endif
  machine.box2d = std::to_string(b2_version.major) + "." + std::to_string(b2_version.minor) + "." +
                  std::to_string(b2_version.revision);
  return machine;
}

}  // namespace fa_demo
