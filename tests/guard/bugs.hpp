// SPDX-License-Identifier: MIT OR Apache-2.0
// What a seeded bug has to work with.
#pragma once

#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace framealloc::guard_bugs {

struct Contact {
  std::uint64_t id;
  float point[3];
  std::uint32_t flags;
};

// An allocator in the mode under test, and a few things that a game would have. Memory is allocated
// under the tag "seeded"; what a bug does with it is told to the test by what is printed.
struct World {
  SmartAlloc& alloc;
  SmartAlloc& other;

  // Effect: opens a frame and says which: the test expects a stale access to be named by it.
  void begin_culprit() {
    alloc.begin_frame();
    std::printf("CULPRIT %llu\n", static_cast<unsigned long long>(alloc.frame_number()));
    std::fflush(stdout);
  }
  // Frames with allocations of their own, so that reused memory is written.
  void run_frames(int count) {
    for (int i = 0; i < count; ++i) {
      alloc.begin_frame();
      use_frame();
      alloc.end_frame();
    }
  }
  void use_frame() {
    for (std::uint64_t i = 0; i < 100; ++i) {
      if (auto* contact = alloc.frame_alloc<Contact>()) *contact = Contact{i, {}, 0};
    }
  }
  // A read of memory that nobody should read, and what was seen: a guard's pattern, or data.
  template <class T>
  void read(const T* stale) {
    const auto* bytes = reinterpret_cast<const volatile unsigned char*>(stale);
    const unsigned char first = bytes[0];
    const unsigned char last = bytes[sizeof(T) - 1];
    const bool pattern = first == last && (first == 0xCD || first == 0xAB || first == 0xFD);
    std::printf("READ %s\n", pattern ? "pattern" : "data");
  }
  template <class T>
  void write(T* stale, unsigned char value = 0x5A) {
    auto* bytes = reinterpret_cast<volatile unsigned char*>(stale);
    for (std::size_t i = 0; i < sizeof(T); ++i) bytes[i] = value;
    std::printf("WROTE\n");
  }
};

#define SEEDED_BUG(name, ...) void bug_##name(World& world);
#include "guard/seeded_bugs.def"
#undef SEEDED_BUG

}  // namespace framealloc::guard_bugs
