// SPDX-License-Identifier: MIT OR Apache-2.0
// A module of another major version of LLVM would be loaded and find nothing, or fail at some symbol
// later. So the first thing it does when it is loaded is to look who loads it.
#include <clang/Basic/Version.h>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace clang {
// Of the program that loads the module; null where it has none.
extern __attribute__((weak)) std::string getClangFullVersion();
}  // namespace clang

namespace fa_check::tidy {
namespace {

// "Debian clang version 19.1.7 (3~deb12u1)" -> 19
int major_of(const std::string& version) {
  const std::size_t at = version.find("version ");
  return at == std::string::npos ? 0 : std::atoi(version.c_str() + at + 8);
}

// Before anything else of the module is initialized.
__attribute__((constructor(101))) void look_who_loads() {
  const bool known = &clang::getClangFullVersion != nullptr;
  const int host = known ? major_of(clang::getClangFullVersion()) : 0;
  if (host == CLANG_VERSION_MAJOR) return;
  std::fprintf(stderr, "framealloc: this module is for clang-tidy %d, and it was loaded into ",
               CLANG_VERSION_MAJOR);
  if (host != 0) {
    std::fprintf(stderr, "one of version %d: load libframealloc-tidy-%d.so instead\n", host, host);
  } else {
    std::fprintf(stderr, "a program whose version of Clang it cannot tell\n");
  }
  // Going on would look like a clean bill.
  _exit(2);
}

}  // namespace
}  // namespace fa_check::tidy
