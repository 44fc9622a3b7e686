// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/framealloc.hpp>

#include <thread>
#include <utility>

namespace fa = framealloc;

struct Mesh {
  int triangles = 0;
};
void run(fa::SmartAlloc& alloc) {
  const auto frame = alloc.scoped_frame();
  fa::TransferHandle<Mesh> mesh = alloc.frame_box_for_transfer<Mesh>();
  std::thread([handle = std::move(mesh)]() mutable {
    const fa::PoolBox<Mesh> mine = handle.receive();
  }).detach();
}
