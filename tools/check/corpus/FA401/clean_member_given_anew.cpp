// SPDX-License-Identifier: MIT OR Apache-2.0
// The member gets another handle before it is resolved.
#include <framealloc/framealloc.hpp>
namespace fa = framealloc;
struct Mesh {
  int triangles;
};
struct Chunk {
  fa::Handle<Mesh> mesh;
  bool stale;
};
int rebuild(fa::HandleAllocator& handles, Chunk& chunk) {
  if (chunk.stale) {
    handles.free(chunk.mesh);
    chunk.mesh = handles.alloc<Mesh>(Mesh{2});
    chunk.stale = false;
  }
  return handles.resolve(chunk.mesh)->triangles;
}
