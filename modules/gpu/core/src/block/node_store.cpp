// SPDX-License-Identifier: MIT OR Apache-2.0
#include "block/node_store.hpp"

#include <algorithm>
#include <atomic>
#include <new>

namespace framealloc::gpu::detail {
namespace {

// How many stores were ever made. A range that a store refuses may come from any of them.
constinit std::atomic<std::uint32_t> stores_made{0};

// 2^32 divided by the golden ratio: its multiples lie as far apart as so many numbers can, so the
// numbers of two stores do not meet while all of them together have fewer than a billion nodes.
constexpr std::uint32_t kIdStep = 0x9E3779B9;

constexpr std::uint32_t kMadeAtOnce = 8;
static_assert(NodeStore::kPieceNodes % kMadeAtOnce == 0);

std::uint32_t mix(std::uint64_t value) noexcept {
  value *= 0xD6E8FEB86659FD93;
  value ^= value >> 32;
  value *= 0xD6E8FEB86659FD93;
  return static_cast<std::uint32_t>(value >> 32);
}

}  // namespace

NodeStore::NodeStore(MemorySource& source, Piece* table, std::uint32_t table_pieces,
                     OffsetNode* nodes, std::uint32_t pieces) noexcept
    : table_(table), table_pieces_(table_pieces), source_(source) {
  const std::uint32_t serial = stores_made.fetch_add(1, std::memory_order_relaxed) + 1;
  first_id_ = serial * kIdStep;
  // The address tells stores of two copies of this library apart.
  first_generation_ = mix(reinterpret_cast<std::uintptr_t>(this) + serial);
  add_pieces(nodes, pieces);
}

NodeStore::~NodeStore() {
  for (std::uint32_t i = 0; i < pieces_; ++i) {
    const Piece& piece = table_[i];
    if (piece.block_pieces == 0) continue;
    source_.deallocate(piece.nodes, sizeof(OffsetNode) * kPieceNodes * piece.block_pieces,
                       alignof(OffsetNode));
  }
  if (owns_table_) source_.deallocate(table_, sizeof(Piece) * table_pieces_, alignof(Piece));
}

OffsetNode* NodeStore::make() noexcept {
  if (made_ == capacity() && !grow()) return nullptr;
  // A few at once, so that what follows finds them at hand. They lie in one piece.
  OffsetNode* const first = &at(made_);
  for (std::uint32_t i = 0; i < kMadeAtOnce; ++i) {
    ::new (first + i) OffsetNode{.offset = kNoOffset,
                                 .gap = 0,
                                 .prev = nullptr,
                                 .next = i + 1 < kMadeAtOnce ? first + i + 1 : nullptr,
                                 .bin_next = nullptr,
                                 .bin_link = nullptr,
                                 .name = OffsetNode::name_of(made_++, first_generation_)};
  }
  free_ = first->next;
  return first;
}

bool NodeStore::grow() noexcept {
  constexpr std::uint32_t kMostPieces = OffsetNode::kMostIds / kPieceNodes;
  if (pieces_ == kMostPieces) return false;
  const std::uint32_t more = std::min(std::max(pieces_ / 8, 1U), kMostPieces - pieces_);
  if (pieces_ + more > table_pieces_ && !widen_table(pieces_ + more)) return false;
  void* const block =
      source_.allocate(sizeof(OffsetNode) * kPieceNodes * more, alignof(OffsetNode));
  if (block == nullptr) return false;
  const std::uint32_t first = pieces_;
  add_pieces(static_cast<OffsetNode*>(block), more);
  table_[first].block_pieces = more;
  return true;
}

bool NodeStore::widen_table(std::uint32_t pieces) noexcept {
  const std::uint32_t wider = std::max(pieces, table_pieces_ * 2);
  void* const memory = source_.allocate(sizeof(Piece) * wider, alignof(Piece));
  if (memory == nullptr) return false;
  Piece* const table = static_cast<Piece*>(memory);
  std::uninitialized_copy_n(table_, pieces_, table);
  if (owns_table_) source_.deallocate(table_, sizeof(Piece) * table_pieces_, alignof(Piece));
  table_ = table;
  table_pieces_ = wider;
  owns_table_ = true;
  return true;
}

void NodeStore::add_pieces(OffsetNode* nodes, std::uint32_t pieces) noexcept {
  for (std::uint32_t i = 0; i < pieces; ++i) {
    ::new (table_ + pieces_) Piece{nodes + std::size_t{i} * kPieceNodes, 0};
    ++pieces_;
  }
}

bool NodeStore::validate(std::uint32_t in_use) const noexcept {
  std::uint32_t listed = 0;
  for (const OffsetNode* node = free_; node != nullptr; node = node->next) {
    if (++listed > made_) return false;
    if (node->id() >= made_ || &at(node->id()) != node || node->offset != kNoOffset) return false;
  }
  return made_ <= capacity() && std::uint64_t{listed} + retired_ + in_use == made_;
}

}  // namespace framealloc::gpu::detail
