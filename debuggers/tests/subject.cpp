// SPDX-License-Identifier: MIT OR Apache-2.0
// A program with one of each, for gdb to look at where it stops.
#include <framealloc/framealloc.hpp>

#include <array>
#include <cstdint>
#include <utility>

namespace {

struct Contact {
  int a = 0;
  int b = 0;
};

// Everything stays alive, and known to the debugger, until it returns.
[[gnu::noinline]] void stop_here(const void* const* kept, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) asm volatile("" : : "r"(kept[i]) : "memory");
}

}  // namespace

int main() {
  framealloc::SmartAlloc alloc;
  alloc.begin_frame();
  alloc.end_frame();
  alloc.begin_frame();  // frame 2
  const framealloc::TagScope game = alloc.tag_scope("game");
  const framealloc::TagScope physics = alloc.tag_scope("physics");

  framealloc::FrameVec<int> numbers = alloc.frame_vec<int>(8);
  for (const int n : {10, 20, 30}) numbers.push_back(n);
  framealloc::FrameSlice<Contact> contacts = alloc.frame_slice<Contact>(2);
  contacts[1] = {7, 9};
  framealloc::FrameString name = alloc.frame_string();
  name.append("goblin");
  framealloc::FrameMap<int, int> ages = alloc.frame_map<int, int>();
  ages.insert(1, 11);
  ages.insert(2, 22);
  framealloc::FrameBox<Contact> frame_box = alloc.frame_box<Contact>(1, 2);
  framealloc::PoolBox<Contact> pool_box = alloc.pool_box<Contact>(3, 4);
  framealloc::HeapBox<Contact> heap_box = alloc.heap_box<Contact>(5, 6);
  framealloc::PoolBox<Contact> empty_box;
  framealloc::PoolArc<Contact> shared = alloc.pool_arc<Contact>(8, 9);
  framealloc::PoolArc<Contact> shared_too = shared;
  framealloc::TransferHandle<Contact> parcel = alloc.frame_box_for_transfer<Contact>(12, 13);
  framealloc::Handle<Contact> handle(5, 3);
  framealloc::Handle<Contact> dangling;
  framealloc::FrameCheckpoint here = alloc.frame_checkpoint();
  framealloc::FrameArena& arena = alloc.frame_arena();
  framealloc::ScratchPool& scratch = alloc.scratch_pool("paths", 64 * 1024);

  const std::array<const void*, 17> kept{&alloc,      &numbers,  &contacts, &name,      &ages,
                                         &frame_box,  &pool_box, &heap_box, &empty_box, &shared,
                                         &shared_too, &parcel,   &handle,   &dangling,  &here,
                                         &arena,      &scratch};
  stop_here(kept.data(), kept.size());
  (void)std::exchange(shared, {});
  alloc.end_frame();
  return 0;
}
