// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

namespace fa = framealloc;

struct Options {
  bool shadows, fog, bloom, dither;
};
void draw(const int* commands, int count);
void frame(fa::SmartAlloc& alloc, const Options& options, int view) {
  alloc.begin_frame();
  int* commands = alloc.frame_alloc_batch<int>(32);
  int count = 0;
  if (options.shadows) commands[count++] = 1;
  if (options.fog) commands[count++] = 2;
  if (options.bloom) commands[count++] = 3;
  if (options.dither) commands[count++] = 4;
  int* extra = nullptr;
  if (view > 2) extra = alloc.frame_alloc<int>();
  if (extra != nullptr) *extra = count;
  draw(commands, count);
  if (view == 1) commands[0] = 0;
  if (view == 2) commands[1] = 0;
  draw(commands, extra != nullptr ? *extra : count);
  alloc.end_frame();
}
