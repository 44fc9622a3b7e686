// SPDX-License-Identifier: MIT OR Apache-2.0
// A level is a group, its parts are groups inside it, and two subsystems that load them share one
// scratch pool. One call frees the level with everything in it, destructors included.
#include <framealloc/framealloc.hpp>

#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>

namespace fa = framealloc;
using namespace framealloc::literals;

namespace {

int textures_alive = 0;

struct Texture {
  explicit Texture(std::string from) : file(std::move(from)) { ++textures_alive; }
  ~Texture() { --textures_alive; }
  Texture(const Texture&) = delete;
  Texture& operator=(const Texture&) = delete;
  std::string file;
  std::span<unsigned char> texels;
};

struct Triangle {
  unsigned corner[3] = {};
};

struct Level {
  fa::GroupHandle all;  // the parts have no handles: they are freed with it
  fa::GroupId textures;
  std::span<Texture*> loaded;
  std::span<Triangle> mesh;
};

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "level_loading: %s\n", what);
  std::exit(1);
}

// Unpacks a picture in borrowed scratch memory and keeps the result.
void load_texture(fa::SmartAlloc& alloc, fa::GroupId group, fa::ScratchPool& scratch, int number,
                  Texture*& result) {
  fa::ScratchBorrow work = scratch.borrow();
  const std::span<unsigned char> packed = work.alloc_slice<unsigned char>(64_KiB);
  require(packed.data() != nullptr, "no scratch memory for the packed picture");
  for (std::size_t i = 0; i < packed.size(); ++i) {
    packed[i] = static_cast<unsigned char>(i * static_cast<std::size_t>(number));
  }
  Texture* const texture =
      alloc.groups().make<Texture>(group, "texture " + std::to_string(number) + ".ktx");
  require(texture != nullptr, "no memory for a texture");
  texture->texels = alloc.groups().alloc_slice<unsigned char>(group, packed.size() / 4);
  require(!texture->texels.empty(), "no memory for the texels");
  for (std::size_t i = 0; i < texture->texels.size(); ++i) texture->texels[i] = packed[i * 4];
  result = texture;
}  // the scratch memory is free again

// Sorts triangles with a table in scratch memory. In between, it loads the textures that they name
// with a second borrow of the same pool, inside the first.
void load_mesh(fa::SmartAlloc& alloc, Level& level, fa::GroupId group, fa::ScratchPool& scratch) {
  fa::ScratchBorrow work = scratch.borrow();
  const std::span<unsigned> order = work.alloc_slice<unsigned>(10'000);
  require(!order.empty(), "no scratch memory for the order");
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = static_cast<unsigned>((i * 7919) % order.size());
  }
  int number = 1;
  for (Texture*& texture : level.loaded) {
    load_texture(alloc, level.textures, scratch, number++, texture);
  }
  level.mesh = alloc.groups().alloc_slice<Triangle>(group, order.size());
  require(!level.mesh.empty(), "no memory for the mesh");
  for (std::size_t i = 0; i < order.size(); ++i) {
    level.mesh[i].corner[0] = order[i];  // the inner borrow did not touch the table
    require(order[i] == (i * 7919) % order.size(), "borrowed memory was given to somebody else");
  }
}

Level load(fa::SmartAlloc& alloc, const std::string& name) {
  const fa::TagScope tag = alloc.tag_scope("levels");
  Level level;
  level.all = alloc.groups().group(name, 4_MiB);  // a budget for everything in it
  level.textures = alloc.groups().create_child(level.all.id(), "textures");
  const fa::GroupId meshes = alloc.groups().create_child(level.all.id(), "meshes");
  level.loaded = level.all.alloc_slice<Texture*>(8);
  load_mesh(alloc, level, meshes, alloc.scratch_pool("loading", 256_KiB));
  return level;
}

void print(const fa::SmartAlloc& alloc, const char* when) {
  const fa::GroupStats stats = alloc.groups().stats();
  std::printf("%-14s %zu groups, %6zu allocations, %8zu bytes, %3zu segments, %2d textures\n", when,
              stats.total_groups, stats.total_allocations, stats.total_bytes, stats.segments,
              textures_alive);
}

}  // namespace

int main() {
  fa::SmartAlloc alloc;
  {
    Level forest = load(alloc, "forest");
    print(alloc, "forest:");
    Level castle = load(alloc, "castle");
    print(alloc, "both:");
    require(textures_alive == 16, "16 textures should live");
    require(alloc.tag_stats("levels").heap_bytes > 0, "levels are counted under their tag");

    forest.all.free_all();
    print(alloc, "castle:");
    require(textures_alive == 8, "the destructors of the forest should have run");
    require(castle.loaded[7]->file == "texture 8.ktx", "the castle should be whole");
  }
  print(alloc, "none:");
  require(textures_alive == 0 && alloc.groups().stats().total_bytes == 0, "nothing should be left");

  for (const fa::ScratchPoolStats& pool : alloc.scratch().stats()) {
    std::printf("scratch pool '%s': %zu of %zu bytes in use, at most %zu\n", pool.name.c_str(),
                pool.allocated, pool.capacity, pool.high_water);
    require(pool.allocated == 0, "every borrow should have ended");
  }
}
