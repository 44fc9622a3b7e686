// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include "../assets/mesh.hpp"

namespace fa = framealloc;

class Prop {
 public:
  explicit Prop(fa::SmartAlloc& alloc) : alloc_(alloc), mesh_(alloc.pool_alloc<assets::Mesh>()) {}
  ~Prop() { alloc_.pool_free(mesh_); }
  Prop(const Prop&) = delete;

 private:
  fa::SmartAlloc& alloc_;
  assets::Mesh* mesh_;
};
