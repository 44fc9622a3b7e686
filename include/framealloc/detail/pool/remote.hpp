// SPDX-License-Identifier: MIT OR Apache-2.0
// How blocks that one thread freed travel to the thread that owns their slabs.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/sync/cache_line.hpp>

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

// Effect: calls visit(block) for the addresses that a node carries, and for the node itself last,
// when nothing reads it any more. Result: the next node.
template <class Visit>
FRAMEALLOC_ALWAYS_INLINE RemoteNode* visit_node(RemoteNode* node, std::size_t block_size,
                                                Visit&& visit) {
  RemoteNode* const next = node->next;
  const std::size_t capacity = RemoteNode::capacity(block_size);
  for (std::size_t i = 0; i < capacity && node->blocks[i] != nullptr; ++i) visit(node->blocks[i]);
  visit(static_cast<void*>(node));
  return next;
}

// Blocks on their way, oldest first; each node carries as many addresses as its own block holds.
// Thread contract: one thread.
class RemoteBatch {
 public:
  static constexpr std::size_t kMostBlocks = 64;
  // From so much on no further node is begun; blocks of one size stay below it.
  static constexpr std::size_t kMostBytes = std::size_t{32} << 10;

  // Effect: begins an empty batch of at most `most` blocks, which is at least 1.
  void begin(std::size_t most = SIZE_MAX) noexcept {
    *this = RemoteBatch();
    most_ = static_cast<std::uint32_t>(kMostBlocks < most ? kMostBlocks : most);
    left_ = most_;
  }
  // Effect: adds a block to the last node. Result: false if that is full; add() then.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool try_add(void* block, std::uint32_t size) noexcept {
    if (slot_ == slots_end_) [[unlikely]]
      return false;
    *slot_++ = block;
    bytes_ += size;
    return true;
  }
  // Effect: adds a block. Requirement: not full().
  void add(void* block, std::uint32_t size) noexcept {
    if (try_add(block, size)) return;
    auto* const node = static_cast<RemoteNode*>(block);
    node->next = nullptr;
    if (last_ == nullptr) {
      first_ = node;
    } else {
      last_->next = node;
    }
    last_ = node;
    bytes_ += size;
    --left_;
    std::size_t carried = RemoteNode::capacity(size);
    last_capacity_ = static_cast<std::uint32_t>(carried);
    if (carried > left_) carried = left_;
    const std::size_t fitting = bytes_ < kMostBytes ? (kMostBytes - bytes_) / size : 0;
    if (carried > fitting) {  // no further node after this one
      most_ -= left_ - static_cast<std::uint32_t>(fitting);
      left_ = static_cast<std::uint32_t>(fitting);
      carried = fitting;
    }
    slot_ = node->blocks;
    slots_end_ = node->blocks + carried;
    left_ -= static_cast<std::uint32_t>(carried);
  }
  [[nodiscard]] bool empty() const noexcept { return first_ == nullptr; }
  [[nodiscard]] bool full() const noexcept {
    return slot_ == slots_end_ && (left_ == 0 || bytes_ >= kMostBytes);
  }
  // Result: blocks added since begin(). (Those that a node had no room for are off `most_`.)
  [[nodiscard]] std::size_t count() const noexcept {
    return most_ - left_ - static_cast<std::size_t>(slots_end_ - slot_);
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  // Effect: ends the batch, so that first() .. last() can be read by another thread.
  void close() noexcept {
    if (slot_ != last_->blocks + last_capacity_) *slot_ = nullptr;
  }
  [[nodiscard]] RemoteNode* first() const noexcept { return first_; }
  [[nodiscard]] RemoteNode* last() const noexcept { return last_; }

 private:
  void** slot_ = nullptr;       // where `last_` gets its next address
  void** slots_end_ = nullptr;  // of those that it may still get
  std::uint32_t bytes_ = 0;
  std::uint32_t left_ = 0;  // blocks that further nodes may bring
  RemoteNode* first_ = nullptr;
  RemoteNode* last_ = nullptr;
  std::uint32_t most_ = 0;
  std::uint32_t last_capacity_ = 0;
};

// The inbox in which other threads leave batches for one thread. Closed while no thread uses it, so
// no batch is left where it would never be found. Thread contract: any thread pushes; one thread
// opens, takes and closes.
class RemoteInbox {
 public:
  // Effect: adds the batch unless the inbox is closed. Requirement: `last` leads nowhere. Result:
  // true if it was added; if not, `last` still leads nowhere.
  bool push(RemoteNode* first, RemoteNode* last) noexcept {
    RemoteNode* head = head_.load(std::memory_order_relaxed);
    do {
      if (head == closed()) {
        // An earlier round may have led to what the owner has taken since.
        last->next = nullptr;
        return false;
      }
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
  [[nodiscard]] bool closed_now() const noexcept {
    return head_.load(std::memory_order_relaxed) == closed();
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
