// SPDX-License-Identifier: MIT OR Apache-2.0
// How blocks that one thread freed travel to the thread that owns their slabs.
#pragma once

#include <framealloc/pool/slab.hpp>
#include <framealloc/sync/cache_line.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// A freed block that carries the addresses of further ones: an unrolled list. Most blocks of a
// batch are not touched by the thread that freed them, and the owner reads their addresses side by
// side instead of chasing one pointer per block through another core's cache.
struct RemoteNode {
  static constexpr std::size_t kMostAddresses = 15;

  RemoteNode* next;
  void* blocks[kMostAddresses];  // as many as the block holds; null ends them early

  // Result: how many addresses a block of this size carries. At least one: a block is two words.
  [[nodiscard]] static constexpr std::size_t capacity(std::size_t block_size) noexcept {
    const std::size_t words = block_size / sizeof(void*) - 1;
    return words < kMostAddresses ? words : kMostAddresses;
  }
};

// Result: a copy of the node with null behind its last address, since the node itself turns into an
// ordinary block as soon as it is handed on.
[[nodiscard]] inline RemoteNode read_node(const RemoteNode* node,
                                          std::uintptr_t page_mask) noexcept {
  RemoteNode copy{node->next, {}};
  const std::size_t capacity = RemoteNode::capacity(slab_of(node, page_mask)->block_size);
  for (std::size_t i = 0; i < capacity && node->blocks[i] != nullptr; ++i) {
    copy.blocks[i] = node->blocks[i];
  }
  return copy;
}

// Blocks on their way, oldest first. Thread contract: one thread.
class RemoteBatch {
 public:
  static constexpr std::size_t kMostBlocks = 64;
  static constexpr std::size_t kMostBytes = std::size_t{32} << 10;

  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] bool full() const noexcept { return count_ >= kMostBlocks || bytes_ >= kMostBytes; }
  void add(void* block, std::size_t block_size) noexcept {
    ++count_;
    bytes_ += block_size;
    if (room_ != 0) {
      *slot_++ = block;
      --room_;
      return;
    }
    auto* const node = static_cast<RemoteNode*>(block);
    node->next = nullptr;
    if (last_ == nullptr) {
      first_ = node;
    } else {
      last_->next = node;
    }
    last_ = node;
    slot_ = node->blocks;
    room_ = RemoteNode::capacity(block_size);
  }
  // Effect: ends the batch, so that first() .. last() can be read by another thread.
  void close() noexcept {
    if (room_ != 0) *slot_ = nullptr;
  }
  void clear() noexcept { *this = RemoteBatch(); }
  [[nodiscard]] RemoteNode* first() const noexcept { return first_; }
  [[nodiscard]] RemoteNode* last() const noexcept { return last_; }

 private:
  RemoteNode* first_ = nullptr;
  RemoteNode* last_ = nullptr;
  void** slot_ = nullptr;
  std::size_t room_ = 0;  // addresses that fit into `last_` still
  std::size_t count_ = 0;
  std::size_t bytes_ = 0;
};

// Where other threads leave batches for one thread. Closed while no thread uses it: a batch must
// not lie where nobody looks. Thread contract: any thread pushes; one thread opens, takes and
// closes.
class RemoteInbox {
 public:
  // Effect: adds the batch unless the inbox is closed. Result: true if it was added.
  bool push(RemoteNode* first, RemoteNode* last) noexcept {
    RemoteNode* head = head_.load(std::memory_order_relaxed);
    do {
      if (head == closed()) return false;
      last->next = head;
    } while (!head_.compare_exchange_weak(head, first, std::memory_order_release,
                                          std::memory_order_relaxed));
    return true;
  }
  // Result: everything that was pushed; null when there is nothing or the inbox is closed.
  [[nodiscard]] RemoteNode* take_all() noexcept {
    if (empty()) return nullptr;
    return head_.exchange(nullptr, std::memory_order_acquire);
  }
  [[nodiscard]] bool empty() const noexcept {
    RemoteNode* const head = head_.load(std::memory_order_relaxed);
    return head == nullptr || head == closed();
  }
  void open() noexcept { head_.store(nullptr, std::memory_order_relaxed); }
  // Result: what was pushed before it closed.
  [[nodiscard]] RemoteNode* close() noexcept {
    RemoteNode* const head = head_.exchange(closed(), std::memory_order_acquire);
    return head == closed() ? nullptr : head;
  }

 private:
  // An address that no block has.
  [[nodiscard]] RemoteNode* closed() const noexcept {
    return reinterpret_cast<RemoteNode*>(const_cast<std::atomic<RemoteNode*>*>(&head_));
  }
  alignas(kCacheLine) std::atomic<RemoteNode*> head_{
      reinterpret_cast<RemoteNode*>(&head_)};  // closed
};

}  // namespace framealloc::detail
