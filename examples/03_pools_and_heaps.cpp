// SPDX-License-Identifier: MIT OR Apache-2.0
// Memory that outlives frames: pools for many small objects, the heap for blocks of any size, a
// shared object with a count. A leaked block is reported with its type and its tag.
#include <framealloc/framealloc.hpp>

#include <cstddef>
#include <cstdio>
#include <utility>
#include <vector>

namespace fa = framealloc;

namespace {

struct Entity {
  float x, y, health;
  int id;
};
struct Material {
  float roughness;
};

}  // namespace

int main() {
  fa::SmartAlloc alloc;

  // A box owns its object and frees it; it moves like std::unique_ptr.
  fa::PoolBox<Entity> player = alloc.pool_box<Entity>(0.0F, 0.0F, 100.0F, 1);
  fa::PoolBox<Entity> moved = std::move(player);
  std::printf("the player is entity %d, the old box is %s\n", moved->id,
              player == nullptr ? "empty" : "full");

  // Shared by reference count, like std::shared_ptr, with the count next to the object.
  fa::PoolArc<Material> steel = alloc.pool_arc<Material>(0.3F);
  const fa::PoolArc<Material> also_steel = steel;
  std::printf("steel has %zu owners\n", steel.use_count());

  // Large data, accounted to the byte.
  auto texture = alloc.heap_vec<unsigned char>();
  texture.resize(std::size_t{256} * 256 * 4);

  // A standard vector whose memory comes from the pool.
  auto entities = alloc.pool_vec<Entity>();
  for (int i = 0; i < 100; ++i) entities.push_back({0, 0, 1, i});

  // Raw calls, for code that keeps its own pointers. This one leaks on purpose.
  Entity* const forgotten = alloc.with_tag("spawner", [&] { return alloc.pool_alloc<Entity>(); });

  const fa::AllocStats stats = alloc.stats();
  std::printf("pool: %s, heap: %s\n", stats.pool_allocated > 0 ? "in use" : "empty",
              stats.heap_allocated >= texture.size() ? "holds the texture" : "empty");

  for (const fa::TagStats& tag : alloc.all_tag_stats()) {
    if (tag.tag == "spawner") std::printf("spawner still holds %zu bytes\n", tag.current_bytes);
  }
  alloc.pool_free(forgotten);
  std::printf("spawner holds %zu bytes now\n", alloc.tag_stats("spawner").current_bytes);
}
