// SPDX-License-Identifier: MIT OR Apache-2.0
// Workers share the frame of the driving thread: each bumps its own arena, and end_frame() frees
// all of them. Objects that outlive the frame or change threads are transferred explicitly.
#include <framealloc/framealloc.hpp>

#include <array>
#include <cstddef>
#include <cstdio>
#include <thread>
#include <utility>
#include <vector>

namespace fa = framealloc;

namespace {

constexpr int kWorkers = 3;
constexpr int kFrames = 100;

struct Chunk {  // a piece of the world, loaded by a worker and kept by the game
  int index;
  std::array<float, 16> heights;
};

}  // namespace

int main() {
  fa::SmartAlloc alloc;
  fa::FrameBarrier start(kWorkers + 1);  // all threads begin a frame together
  fa::FrameBarrier done(kWorkers + 1);   // and no worker still runs when it ends
  std::array<long, kWorkers> sums{};
  std::array<fa::TransferHandle<Chunk>, kWorkers> loaded;

  std::vector<std::thread> workers;
  for (int w = 0; w < kWorkers; ++w) {
    workers.emplace_back([&, w] {
      const auto self = static_cast<std::size_t>(w);
      for (int frame = 0; frame < kFrames; ++frame) {
        start.arrive_and_wait();
        // The worker's own arena: no lock, no atomic, valid until the driver ends the frame.
        fa::FrameVec<int> numbers = alloc.frame_vec<int>(64);
        for (int i = 0; i < 64; ++i) numbers.push_back(i);
        for (const int number : numbers) sums[self] += number;
        if (frame == 0) {
          loaded[self] = alloc.frame_box_for_transfer<Chunk>(w, std::array<float, 16>{});
          loaded[self].mark_sent();
        }
        done.arrive_and_wait();
      }
    });
  }

  std::vector<fa::PoolBox<Chunk>> world;
  for (int frame = 0; frame < kFrames; ++frame) {
    alloc.begin_frame();
    start.arrive_and_wait();
    done.arrive_and_wait();
    if (frame == 0) {
      // From here on this thread owns the chunks; destroying the boxes frees their memory.
      for (fa::TransferHandle<Chunk>& handle : loaded) world.push_back(handle.receive());
    }
    alloc.end_frame();
  }
  for (std::thread& worker : workers) worker.join();

  long sum = 0;
  for (const long part : sums) sum += part;
  std::printf("%d workers, %d frames, sum %ld\n", kWorkers, kFrames, sum);
  for (const fa::PoolBox<Chunk>& chunk : world) std::printf("chunk %d is ours\n", chunk->index);
  world.clear();
  std::printf("in use at the end: %zu bytes\n", alloc.stats().total_allocated);
  return sum == 2016L * kWorkers * kFrames ? 0 : 1;
}
