// SPDX-License-Identifier: MIT OR Apache-2.0
// The halves of handshakes between threads that stand in headers, for handshakes_test.cpp to read.
#include <framealloc/detail/frame/frame_clock.hpp>
#include <framealloc/detail/sync/mpsc_stack.hpp>

namespace {

struct Node {
  Node* next;
};
using Stack = framealloc::detail::MpscStack<Node, &Node::next>;

}  // namespace

extern "C" {

// A thread ends the frame, then looks whether an arena was listed.
bool handshake_end_frame(framealloc::detail::FrameClock* clock) { return clock->end_alone(); }

// A thread lists its arena, then looks whether the frame is over.
std::uint64_t handshake_list(Stack* stack, Node* node, framealloc::detail::FrameClock* clock) {
  stack->push(node);
  return clock->now();
}

}  // extern "C"
