// SPDX-License-Identifier: MIT OR Apache-2.0
#pragma once

#include <framealloc/framealloc.hpp>

namespace assets {

struct Mesh {
  int triangles = 0;
};

inline Mesh* load_mesh(framealloc::SmartAlloc& alloc) {
  Mesh* mesh = alloc.pool_alloc<Mesh>();
  if (mesh != nullptr) mesh->triangles = 12;
  return mesh;
}

inline void unload_mesh(framealloc::SmartAlloc& alloc, Mesh* mesh) { alloc.pool_free(mesh); }

inline int* load_indices(framealloc::SmartAlloc& alloc, std::size_t count) {
  return alloc.heap_alloc<int>(count);
}

inline framealloc::PoolBox<Mesh> boxed_mesh(framealloc::SmartAlloc& alloc) {
  return alloc.pool_box<Mesh>();
}

}  // namespace assets
