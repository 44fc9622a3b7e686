// SPDX-License-Identifier: MIT OR Apache-2.0
// Where the nodes lie, and which of them are in use.
#pragma once

#include "block/offset_node.hpp"

#include <framealloc/compiler.hpp>
#include <framealloc/gpu/offset_types.hpp>
#include <framealloc/source.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc::gpu::detail {

/// Nodes in pieces of a page each, so that a node stays where it is while the store grows, and a
/// number finds it. The store grows by an eighth at a time.
///
/// A range that was handed out names node and generation. The generation of a node changes when its
/// range goes; a node that has had every generation is retired, so none ever comes back. Numbers
/// and generations begin elsewhere in each store, so that a range of another allocator names
/// nothing here.
class NodeStore {
 public:
  static constexpr std::uint32_t kPieceNodes = 64;
  struct Piece {
    OffsetNode* nodes = nullptr;
    /// Pieces in the block of memory that begins here; 0 for one in the middle, and for those that
    /// came with the store.
    std::uint32_t block_pieces = 0;
  };

  /// Requirement: `table` has places for `table_pieces`, at least `pieces`; `nodes` is room for
  /// `pieces` pieces. Both belong to the caller and outlive the store.
  NodeStore(MemorySource& source, Piece* table, std::uint32_t table_pieces, OffsetNode* nodes,
            std::uint32_t pieces) noexcept;
  NodeStore(const NodeStore&) = delete;
  NodeStore& operator=(const NodeStore&) = delete;
  ~NodeStore();

  /// Result: a node that is not in use, with id and generation; null when none is at hand.
  [[nodiscard]] OffsetNode* take() noexcept {
    OffsetNode* const node = free_;
    if (node != nullptr) [[likely]] {
      free_ = node->next;
      framealloc::detail::fetch_for_writing(free_);  // the next one may have lain for long
    }
    return node;
  }
  /// Result: as take(), of a node that is made if need be; null when there is no memory.
  [[nodiscard]] OffsetNode* take_or_make() noexcept {
    OffsetNode* const node = take();
    return node != nullptr ? node : make();
  }
  /// Effect: the node is not in use; no range names it any more.
  void give_back(OffsetNode& node) noexcept {
    node.offset = kNoOffset;
    node.count_generation();
    if (node.generation() == first_generation_) {
      ++retired_;
      return;
    }
    node.next = free_;
    free_ = &node;
  }

  /// Result: the range that begins at the node.
  [[nodiscard]] OffsetRange range_of(const OffsetNode& node) const noexcept {
    return {node.offset, node.id() + first_id_, node.generation()};
  }
  /// Result: the node in use that `range` names, or null.
  [[nodiscard]] OffsetNode* find(OffsetRange range) const noexcept {
    const std::uint32_t id = range.node - first_id_;
    if (id >= made_) return nullptr;
    OffsetNode& node = at(id);
    const bool named = node.offset == range.offset && node.generation() == range.generation;
    return named && range.offset != kNoOffset ? &node : nullptr;
  }

  /// Result: nodes that were ever made; nodes for which there is memory; nodes beyond use.
  [[nodiscard]] std::uint32_t made() const noexcept { return made_; }
  [[nodiscard]] std::uint32_t capacity() const noexcept { return pieces_ * kPieceNodes; }
  [[nodiscard]] std::uint32_t retired() const noexcept { return retired_; }
  /// Result: whether the nodes that are not in use are listed, each once, and know it.
  [[nodiscard]] bool validate(std::uint32_t in_use) const noexcept;

 private:
  [[nodiscard]] OffsetNode& at(std::uint32_t id) const noexcept {
    return table_[id / kPieceNodes].nodes[id % kPieceNodes];
  }
  /// Requirement: no node is free.
  [[nodiscard]] OffsetNode* make() noexcept;
  [[nodiscard]] bool grow() noexcept;
  [[nodiscard]] bool widen_table(std::uint32_t pieces) noexcept;
  void add_pieces(OffsetNode* nodes, std::uint32_t pieces) noexcept;

  Piece* table_;
  OffsetNode* free_ = nullptr;
  std::uint32_t first_id_;
  std::uint32_t first_generation_;
  std::uint32_t made_ = 0;
  std::uint32_t pieces_ = 0;
  std::uint32_t retired_ = 0;
  std::uint32_t table_pieces_;
  bool owns_table_ = false;
  MemorySource& source_;
};

}  // namespace framealloc::gpu::detail
