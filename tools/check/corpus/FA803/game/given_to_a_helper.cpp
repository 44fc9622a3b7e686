// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../assets/mesh.hpp"

namespace fa = framealloc;

void drop(fa::SmartAlloc& alloc, assets::Mesh* mesh) {
  alloc.pool_free(mesh);  // expect: FA803
}
void run(fa::SmartAlloc& alloc) { drop(alloc, assets::load_mesh(alloc)); }
