// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
struct Door {
  bool open;
  int key;
};
bool allowed(int key);
bool close_if(fa::SmartAlloc& alloc, bool wanted) {
  if (!wanted) return false;
  alloc.end_frame();
  return true;
}
int enter(fa::SmartAlloc& alloc, int key, bool quick) {
  alloc.begin_frame();
  Door* door = alloc.frame_new<Door>(Door{false, 4});
  const bool closed = (quick && allowed(key)) || close_if(alloc, key == 2);
  const bool open = !closed;
  if (open) {
    const int other = door->key;
    alloc.end_frame();
    return other;
  }
  if (!open) return 1;
  return door->key;
}
