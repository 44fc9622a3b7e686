// SPDX-License-Identifier: MIT OR Apache-2.0
// A helper that ends the frame does not come back: it throws, or the program is over.
#include <cstdlib>
#include <framealloc/framealloc.hpp>
#include <stdexcept>
namespace fa = framealloc;
struct Packet {
  int size;
};
static void check(fa::SmartAlloc& alloc, const Packet& packet) {
  if (packet.size == 0) {
    alloc.end_frame();
    throw std::runtime_error("empty packet");
  }
  if (packet.size < 0) {
    alloc.end_frame();
    std::abort();
  }
}
int receive(fa::SmartAlloc& alloc, int size) {
  alloc.begin_frame();
  Packet* packet = alloc.frame_new<Packet>(Packet{size});
  check(alloc, *packet);
  const int result = packet->size;
  alloc.end_frame();
  return result;
}
