// SPDX-License-Identifier: MIT OR Apache-2.0
// A game loop: input, simulation and rendering each take what they need from the frame. A scope
// returns the scratch memory of one step before the frame ends, and once warm the loop takes
// nothing from the system.
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>

namespace fa = framealloc;
using namespace fa::literals;

namespace {

struct InputEvent {
  int key;
  bool down;
};
struct DrawCommand {
  float x, y;
  int sprite;
};

// Events of this frame, as a span: it is valid until end_frame().
std::span<const InputEvent> poll_input(fa::SmartAlloc& alloc, int frame) {
  fa::FrameSlice<InputEvent> events = alloc.frame_slice<InputEvent>(2);
  events[0] = {frame % 26, true};
  events[1] = {frame % 26, false};
  return events;
}

// How many objects touch another. The grid is scratch memory: it is freed when the scope ends, so
// the frame's peak is its largest step, not the sum of all steps.
int count_contacts(fa::SmartAlloc& alloc, int objects) {
  const fa::FrameScope scope = alloc.frame_scope();
  fa::FrameSlice<int> grid = alloc.frame_slice<int>(64 * 64);
  int contacts = 0;
  for (int i = 0; i < objects; ++i) {
    int& cell = grid[static_cast<std::size_t>(i * i % (64 * 64))];
    contacts += cell;
    cell = 1;
  }
  return contacts;
}

void record_draws(int objects, fa::FrameVec<DrawCommand>& commands) {
  for (int i = 0; i < objects; ++i) commands.push_back({static_cast<float>(i), 0, i % 8});
}

}  // namespace

int main() {
  fa::SystemSource system;
  fa::CountingSource source(system);  // counts what the allocator takes from the system
  fa::SmartAlloc alloc(fa::AllocConfig{.frame_arena_size = 1_MiB, .upstream = &source});

  std::uint64_t warm = 0;
  std::size_t drawn = 0;
  for (int frame = 0; frame < 600; ++frame) {
    if (frame == 60) warm = source.requests();
    const fa::ScopedFrame open = alloc.scoped_frame();  // ends the frame at the brace

    const std::span<const InputEvent> events = poll_input(alloc, frame);
    const int contacts = count_contacts(alloc, 1000 + frame % 100);
    fa::FrameVec<DrawCommand> commands = alloc.frame_vec<DrawCommand>(1100);
    record_draws(1000 + frame % 100, commands);
    drawn += commands.size();

    if (frame == 599) {
      std::printf("last frame: %zu events, %d contacts, %zu draw commands\n", events.size(),
                  contacts, commands.size());
    }
  }

  const std::uint64_t steady = source.requests() - warm;
  std::printf("drawn in all: %zu\n", drawn);
  std::printf("requests to the system in the last 540 frames: %llu\n",
              static_cast<unsigned long long>(steady));
  return steady == 0 ? 0 : 1;
}
