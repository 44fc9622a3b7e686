// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../assets/mesh.hpp"

namespace fa = framealloc;

void run(fa::SmartAlloc& alloc, bool broken) {
  assets::Mesh* mesh = assets::load_mesh(alloc);
  if (broken) {
    alloc.pool_free(mesh);  // expect: FA803
    return;
  }
  assets::unload_mesh(alloc, mesh);
}
