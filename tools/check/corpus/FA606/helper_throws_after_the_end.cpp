// SPDX-License-Identifier: MIT OR Apache-2.0
// A helper ends the frame before it throws; whoever catches that looks at it.
#include <framealloc/framealloc.hpp>
#include <stdexcept>
namespace fa = framealloc;
struct Packet {
  int size;
};
static void check(fa::SmartAlloc& alloc, const Packet& packet) {
  if (packet.size > 0) return;
  alloc.end_frame();
  throw std::runtime_error("empty packet");
}
int receive(fa::SmartAlloc& alloc, int size) {
  alloc.begin_frame();
  Packet* packet = alloc.frame_new<Packet>(Packet{size});
  try {
    check(alloc, *packet);
  } catch (const std::runtime_error&) {
    return packet->size;  // expect: FA606
  }
  const int result = packet->size;
  alloc.end_frame();
  return result;
}
