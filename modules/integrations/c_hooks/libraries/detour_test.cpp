// SPDX-License-Identifier: MIT OR Apache-2.0
// Recast and Detour: hooks without a context, frees without a size.
#include <framealloc/c_hooks/c_hooks.hpp>

#include <framealloc/framealloc.hpp>

#include <gtest/gtest.h>

#include <DetourAlloc.h>
#include <DetourCommon.h>
#include <DetourNavMesh.h>
#include <DetourNavMeshBuilder.h>
#include <DetourNavMeshQuery.h>

#include <array>
#include <cstddef>

namespace framealloc::c_hooks {
namespace {

struct DetourSlot {};
using DetourHook = Global<DetourSlot>;

void* detour_alloc(std::size_t size, dtAllocHint) { return DetourHook::malloc(size); }

// A strip of squares along x.
constexpr int kSquares = 8;
dtNavMesh* make_mesh() {
  std::array<unsigned short, (kSquares + 1) * 2 * 3> vertices{};
  for (int x = 0; x <= kSquares; ++x) {
    for (int z = 0; z < 2; ++z) {
      unsigned short* const v = &vertices[static_cast<std::size_t>((x * 2 + z) * 3)];
      v[0] = static_cast<unsigned short>(x * 10);
      v[2] = static_cast<unsigned short>(z * 10);
    }
  }
  constexpr unsigned short kNone = 0xFFFF;
  std::array<unsigned short, kSquares * 8> polygons{};
  std::array<unsigned short, kSquares> flags{};
  std::array<unsigned char, kSquares> areas{};
  for (int i = 0; i < kSquares; ++i) {
    unsigned short* const p = &polygons[static_cast<std::size_t>(i * 8)];
    p[0] = static_cast<unsigned short>(i * 2);
    p[1] = static_cast<unsigned short>(i * 2 + 1);
    p[2] = static_cast<unsigned short>(i * 2 + 3);
    p[3] = static_cast<unsigned short>(i * 2 + 2);
    p[4] = i > 0 ? static_cast<unsigned short>(i - 1) : kNone;
    p[5] = kNone;
    p[6] = i + 1 < kSquares ? static_cast<unsigned short>(i + 1) : kNone;
    p[7] = kNone;
    flags[static_cast<std::size_t>(i)] = 1;
  }
  dtNavMeshCreateParams params{};
  params.verts = vertices.data();
  params.vertCount = (kSquares + 1) * 2;
  params.polys = polygons.data();
  params.polyFlags = flags.data();
  params.polyAreas = areas.data();
  params.polyCount = kSquares;
  params.nvp = 4;
  params.walkableHeight = 2;
  params.walkableRadius = 0.1F;
  params.walkableClimb = 1;
  params.bmax[0] = kSquares * 10;
  params.bmax[1] = 1;
  params.bmax[2] = 10;
  params.cs = 1;
  params.ch = 1;
  params.buildBvTree = true;
  unsigned char* data = nullptr;
  int size = 0;
  if (!dtCreateNavMeshData(&params, &data, &size)) return nullptr;
  dtNavMesh* const mesh = dtAllocNavMesh();
  if (mesh == nullptr || dtStatusFailed(mesh->init(data, size, DT_TILE_FREE_DATA))) {
    dtFree(data);
    dtFreeNavMesh(mesh);
    return nullptr;
  }
  return mesh;
}

int path_length(const dtNavMesh& mesh) {
  dtNavMeshQuery* const query = dtAllocNavMeshQuery();
  EXPECT_TRUE(dtStatusSucceed(query->init(&mesh, 256)));
  dtQueryFilter filter;
  const float from[3] = {5, 0, 5};
  const float to[3] = {kSquares * 10 - 5.0F, 0, 5};
  const float extents[3] = {2, 4, 2};
  dtPolyRef start = 0;
  dtPolyRef end = 0;
  query->findNearestPoly(from, extents, &filter, &start, nullptr);
  query->findNearestPoly(to, extents, &filter, &end, nullptr);
  std::array<dtPolyRef, 32> path{};
  int length = 0;
  query->findPath(start, end, from, to, &filter, path.data(), &length, 32);
  dtFreeNavMeshQuery(query);
  return length;
}

TEST(CHooksDetour, ANavMeshLivesUnderItsTag) {
  // Made before the hook is installed, freed through it.
  dtNavMesh* const older = make_mesh();
  ASSERT_NE(older, nullptr);
  SmartAlloc alloc;
  Memory memory(alloc, "world::navigation");
  ASSERT_TRUE(DetourHook::install(memory));
  dtAllocSetCustom(&detour_alloc, &DetourHook::free);
  dtNavMesh* const mesh = make_mesh();
  ASSERT_NE(mesh, nullptr);
  const MemoryStats resting = memory.stats();
  EXPECT_GE(resting.blocks, 4U);
  EXPECT_EQ(resting.bytes, alloc.tag_stats("world::navigation").heap_bytes);
  EXPECT_EQ(path_length(*mesh), kSquares);
  EXPECT_EQ(memory.stats().bytes, resting.bytes) << "a query gives everything back";
  EXPECT_GT(memory.stats().peak_bytes, resting.bytes);
  dtFreeNavMesh(mesh);
  EXPECT_EQ(memory.stats().bytes, 0U);
  EXPECT_EQ(memory.stats().foreign, 0U);
  dtFreeNavMesh(older);
  EXPECT_GE(memory.stats().foreign, 4U);
  dtAllocSetCustom(nullptr, nullptr);
  EXPECT_EQ(DetourHook::uninstall(), &memory);
  EXPECT_TRUE(alloc.leak_report().empty());
}

}  // namespace
}  // namespace framealloc::c_hooks
