// SPDX-License-Identifier: MIT OR Apache-2.0
// The same flag decides whether the memory is read.
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
  int n = 0;
  if (!done) {
    n = item->n;
    alloc.end_frame();
  }
  return n;
}
