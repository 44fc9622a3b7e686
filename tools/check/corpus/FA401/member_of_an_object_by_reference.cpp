// SPDX-License-Identifier: MIT OR Apache-2.0
// The handle is a member of what the function is given; both branches are taken together.
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
  if (chunk.stale) handles.free(chunk.mesh);
  int triangles = 0;
  if (chunk.stale) triangles = handles.resolve(chunk.mesh)->triangles;  // expect: FA401
  return triangles;
}
