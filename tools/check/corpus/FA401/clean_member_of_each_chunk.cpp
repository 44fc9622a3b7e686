// SPDX-License-Identifier: MIT OR Apache-2.0
// Each turn has a chunk of its own.
#include <framealloc/framealloc.hpp>
#include <vector>
namespace fa = framealloc;
struct Mesh {
  int triangles;
};
struct Chunk {
  fa::Handle<Mesh> mesh;
  bool stale;
};
int rebuild(fa::HandleAllocator& handles, std::vector<Chunk>& chunks) {
  int triangles = 0;
  for (Chunk& chunk : chunks) {
    if (chunk.stale)
      handles.free(chunk.mesh);
    else
      triangles += handles.resolve(chunk.mesh)->triangles;
  }
  return triangles;
}
