// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "mesh.hpp"

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  assets::Mesh* mesh = assets::load_mesh(alloc);
  alloc.pool_free(mesh);
}
