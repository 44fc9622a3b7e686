// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../assets/mesh.hpp"

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc) {
  assets::Mesh* mesh = alloc.pool_alloc<assets::Mesh>();
  alloc.pool_free(mesh);
}
