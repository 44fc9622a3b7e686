// SPDX-License-Identifier: MIT OR Apache-2.0
// Enemies that come and go behind handles, compacted a little in every frame.
#include <framealloc/framealloc.hpp>

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace fa = framealloc;
using namespace framealloc::literals;

namespace {

struct Enemy {
  std::string name;  // compaction moves it with its constructor
  fa::Handle<Enemy> target;
  int health = 100;
};

// A small generator, so every run is the same.
struct Dice {
  std::uint32_t state = 12345;
  std::uint32_t roll(std::uint32_t sides) {
    state = state * 1664525U + 1013904223U;
    return (state >> 8) % sides;
  }
};

}  // namespace

int main() {
  fa::AllocConfig config;
  config.frame_chunk_size = 256_KiB;
  fa::SmartAlloc alloc(config);
  fa::HandleAllocator& handles = alloc.handles();

  Dice dice;
  std::vector<fa::Handle<Enemy>> enemies;
  for (int i = 0; i < 40'000; ++i) {
    enemies.push_back(handles.alloc<Enemy>("enemy " + std::to_string(i), fa::Handle<Enemy>(), 100));
  }
  for (const fa::Handle<Enemy> enemy : enemies) {
    handles.resolve(enemy)->target = enemies[dice.roll(40'000)];
  }

  for (int frame = 0; frame < 120; ++frame) {
    const auto scope = alloc.scoped_frame();
    // A battle: many fall, in random order, and leave holes.
    for (int i = 0; i < 300 && enemies.size() > 500; ++i) {
      std::swap(enemies[dice.roll(static_cast<std::uint32_t>(enemies.size()))], enemies.back());
      handles.free(enemies.back());
      enemies.pop_back();
    }
    for (const fa::Handle<Enemy> handle : enemies) {
      Enemy* const enemy = handles.resolve(handle);
      // The target may be gone: its handle finds nothing, and never another enemy.
      if (Enemy* const target = handles.try_resolve(enemy->target)) {
        --target->health;
      } else {
        enemy->target = fa::Handle<Enemy>();
      }
    }
    // At most a tenth of a millisecond per frame.
    handles.compact(100'000);
    if (frame % 30 == 29) {
      const fa::HandleAllocatorStats stats = handles.stats();
      std::printf("frame %3d: %5zu enemies in %2zu chunks, %2.0f%% holes, %zu moved so far\n",
                  frame + 1, static_cast<std::size_t>(stats.active_handles),
                  static_cast<std::size_t>(stats.chunks), 100 * stats.fragmentation(),
                  static_cast<std::size_t>(stats.relocation_count));
    }
  }

  // A longer-lived pointer: the pin keeps the enemy in place, and alive.
  const fa::PinGuard<Enemy> boss = handles.pin(enemies.front());
  handles.free(enemies.front());
  handles.defragment();
  std::printf("%s is still here, %s\n", boss->name.c_str(),
              handles.is_valid(boss.handle()) ? "and can be found" : "for us alone");
  for (std::size_t i = 1; i < enemies.size(); ++i) handles.free(enemies[i]);
}
