// SPDX-License-Identifier: MIT OR Apache-2.0
// Many threads push, one takes everything at once (Treiber's stack without pop, so without ABA).
#pragma once

#include <atomic>

namespace framealloc::detail {

// Intrusive: `Next` is the member of Node that links. Nodes must outlive their stay in the stack.
// Pushes and reads are in the single order of all seq_cst operations: a thread that pushes and then
// reads a flag, and one that sets the flag and then reads the stack, cannot both miss the other.
template <class Node, Node* Node::* Next>
class MpscStack {
 public:
  // Effect: pushes the chain first..last (already linked). Result: true if the stack was empty.
  bool push_chain(Node* first, Node* last) noexcept {
    Node* head = head_.load(std::memory_order_relaxed);
    do {
      last->*Next = head;
    } while (!head_.compare_exchange_weak(head, first, std::memory_order_seq_cst,
                                          std::memory_order_relaxed));
    return head == nullptr;
  }
  bool push(Node* node) noexcept { return push_chain(node, node); }
  // Result: everything pushed so far, newest first; the stack is empty afterward.
  [[nodiscard]] Node* take_all() noexcept {
    if (empty()) return nullptr;
    return head_.exchange(nullptr, std::memory_order_acquire);
  }
  // Result: the newest node, to walk from; nodes pushed during the walk are missed.
  [[nodiscard]] Node* peek() const noexcept { return head_.load(std::memory_order_seq_cst); }
  [[nodiscard]] bool empty() const noexcept {
    return head_.load(std::memory_order_seq_cst) == nullptr;
  }

 private:
  std::atomic<Node*> head_{nullptr};
};

}  // namespace framealloc::detail
