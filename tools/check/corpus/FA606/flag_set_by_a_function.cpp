// SPDX-License-Identifier: MIT OR Apache-2.0
// A function out of sight decides whether the frame ends.
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
struct Item {
  int n;
};
bool next(bool& done, Item& item);
int run(fa::SmartAlloc& alloc) {
  alloc.begin_frame();
  Item* item = alloc.frame_new<Item>();
  bool done = false;
  next(done, *item);
  if (done) alloc.end_frame();
  const int n = item->n;  // expect: FA606
  if (!done) alloc.end_frame();
  return n;
}
