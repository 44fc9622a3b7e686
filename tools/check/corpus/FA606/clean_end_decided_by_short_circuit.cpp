// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
struct Door {
  bool open;
  int key;
};
bool close_frame(fa::SmartAlloc& alloc) {
  alloc.end_frame();
  return true;
}
int enter(fa::SmartAlloc& alloc, int key) {
  alloc.begin_frame();
  Door* door = alloc.frame_new<Door>(Door{false, 4});
  const bool open = door->key == key && door->open && close_frame(alloc);
  if (open) return 1;
  const int other = door->key;
  close_frame(alloc);
  return other;
}
