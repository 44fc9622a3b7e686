// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../assets/mesh.hpp"

namespace fa = framealloc;

int run(fa::SmartAlloc& alloc) {
  const fa::PoolBox<assets::Mesh> mesh = assets::boxed_mesh(alloc);
  return mesh ? mesh->triangles : 0;
}
