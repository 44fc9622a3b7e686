// SPDX-License-Identifier: MIT OR Apache-2.0
// The example of README.md; a test compares the two.
#pragma once

#include <framealloc/framealloc.hpp>
#include <framealloc/tracy/profile.hpp>

struct Contact {
  float depth = 0.0F;
  int a = 0, b = 0;
};

inline void play(framealloc::SmartAlloc& alloc, int frames) {
  framealloc::tracing::Profile profile(alloc);
  for (int frame = 0; frame < frames; ++frame) {
    alloc.begin_frame();
    {
      FRAMEALLOC_TRACY_PHASE(alloc, "physics");  // a phase, and a zone
      (void)profile.frame_alloc<Contact>(100);   // told to Tracy
      (void)alloc.frame_alloc<Contact>();        // in the sums only
    }
    alloc.end_frame();  // plots, discards, marks the frame
  }
}
