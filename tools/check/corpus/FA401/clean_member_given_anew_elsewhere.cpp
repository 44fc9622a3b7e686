// SPDX-License-Identifier: MIT OR Apache-2.0
// Functions out of sight may give the object another handle.
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
struct Mesh {
  int triangles;
};
struct Chunk {
  fa::Handle<Mesh> mesh;
  bool stale = false;
  void load();
};
void reload(Chunk& chunk);
int rebuild(fa::HandleAllocator& handles, Chunk& chunk) {
  handles.free(chunk.mesh);
  reload(chunk);
  int triangles = handles.resolve(chunk.mesh)->triangles;
  handles.free(chunk.mesh);
  chunk.load();
  triangles += handles.resolve(chunk.mesh)->triangles;
  return triangles;
}
int renew(fa::HandleAllocator& handles) {
  Chunk chunk{handles.alloc<Mesh>(Mesh{2})};
  handles.free(chunk.mesh);
  reload(chunk);
  return handles.resolve(chunk.mesh)->triangles;
}
