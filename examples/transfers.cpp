// SPDX-License-Identifier: MIT OR Apache-2.0
// A loader thread passes meshes to the render thread: the ownership moves, the bytes do not.
#include <framealloc/framealloc.hpp>
#include <framealloc/transfer_channel.hpp>

#include <cstdio>
#include <functional>
#include <thread>
#include <utility>

namespace fa = framealloc;

namespace {

struct Mesh {
  int id;
  float vertices[3 * 64];
};

constexpr int kMeshes = 200;

void load(fa::SmartAlloc alloc, fa::TransferChannel<Mesh>& channel) {
  for (int id = 0; id < kMeshes; ++id) {
    fa::TransferHandle<Mesh> mesh = alloc.frame_box_for_transfer<Mesh>();
    if (!mesh) return;
    mesh.as_ptr()->id = id;
    for (float& vertex : mesh.as_ptr()->vertices) vertex = static_cast<float>(id);
    // Eight meshes may be in the channel; the loader waits while the renderer is behind.
    if (channel.send(std::move(mesh)) != fa::SendResult::Sent) return;
  }
  channel.close();
}

}  // namespace

int main() {
  fa::SmartAlloc alloc;
  fa::TransferChannel<Mesh> channel(alloc, 8, fa::BackPressure::wait());
  std::thread loader(load, alloc, std::ref(channel));

  double sum = 0;
  int drawn = 0;
  while (fa::TransferHandle<Mesh> arrived = channel.receive()) {
    const fa::ScopedFrame frame = alloc.scoped_frame();
    const fa::PoolBox<Mesh> mesh =
        arrived.receive();  // ours now; its block will return to the loader's page
    for (const float vertex : mesh->vertices) sum += vertex;
    ++drawn;
  }
  loader.join();

  const fa::TransferStats stats = alloc.transfer_stats();
  std::printf("%d meshes drawn, %llu transfers completed, %llu dropped, %zu bytes handed over\n",
              drawn, static_cast<unsigned long long>(stats.transfers_completed),
              static_cast<unsigned long long>(stats.transfers_dropped), stats.bytes_transferred);
  const double expected = 192.0 * kMeshes * (kMeshes - 1) / 2;
  return drawn == kMeshes && sum == expected && stats.transfers_dropped == 0 ? 0 : 1;
}
