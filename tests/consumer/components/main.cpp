// SPDX-License-Identifier: MIT OR Apache-2.0
// Uses a module that stands on another, which has a source of its own.
#include <framealloc/chorus/chorus.hpp>
#include <framealloc/smart_alloc.hpp>

#include <cstdio>

int main() {
  framealloc::SmartAlloc alloc;
  const auto frame = alloc.scoped_frame();
  if (framealloc::chorus::sing(alloc, 3) == 3) {
    std::puts("consumer: a module on a module works");
    return 0;
  }
  std::fputs("consumer: the chorus lost a voice\n", stderr);
  return 1;
}
