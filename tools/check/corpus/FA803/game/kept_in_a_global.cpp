// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../assets/mesh.hpp"

namespace fa = framealloc;

assets::Mesh* g_mesh = nullptr;
void load(fa::SmartAlloc& alloc) { g_mesh = assets::load_mesh(alloc); }
void unload(fa::SmartAlloc& alloc) {
  alloc.pool_free(g_mesh);  // expect: FA803
  g_mesh = nullptr;
}
