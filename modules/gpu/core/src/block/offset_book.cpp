// SPDX-License-Identifier: MIT OR Apache-2.0
#include "block/offset_book.hpp"

#include <algorithm>
#include <memory>
#include <new>

namespace framealloc::gpu::detail {

// The block: the book, a list for each size class, the table of pieces, and the first pieces.
struct OffsetBook::Layout {
  std::uint32_t lists;
  std::uint32_t pieces;
  std::uint32_t table_pieces;
  std::size_t lists_at;
  std::size_t table_at;
  std::size_t nodes_at;
  std::size_t bytes;
  std::byte* block = nullptr;

  Layout(std::uint64_t size, std::uint32_t reserve) noexcept
      : lists(class_of(size) + 1),
        pieces(std::max(
            1U, static_cast<std::uint32_t>((std::uint64_t{reserve} + NodeStore::kPieceNodes - 1) /
                                           NodeStore::kPieceNodes))),
        table_pieces(pieces + 16),
        lists_at(sizeof(OffsetBook)),
        table_at(lists_at + sizeof(OffsetNode*) * lists),
        nodes_at((table_at + sizeof(NodeStore::Piece) * table_pieces + alignof(OffsetNode) - 1) /
                 alignof(OffsetNode) * alignof(OffsetNode)),
        bytes(nodes_at + sizeof(OffsetNode) * NodeStore::kPieceNodes * pieces) {}

  [[nodiscard]] OffsetNode** list_memory() const noexcept {
    auto* const memory = reinterpret_cast<OffsetNode**>(block + lists_at);
    std::uninitialized_fill_n(memory, lists, nullptr);
    return memory;
  }
};

OffsetBook::OffsetBook(std::uint64_t size, const OffsetConfig& config, MemorySource& source,
                       const Layout& layout) noexcept
    : bins_(layout.list_memory()),
      store_(source, reinterpret_cast<NodeStore::Piece*>(layout.block + layout.table_at),
             layout.table_pieces, reinterpret_cast<OffsetNode*>(layout.block + layout.nodes_at),
             layout.pieces),
      page_mask_(config.granularity - 1),
      end_{},
      source_(source),
      bytes_(layout.bytes) {
  end_.offset = size;
  end_.gap = size;
  end_.prev = &end_;
  end_.next = &end_;
}

OffsetBook* OffsetBook::create(std::uint64_t size, const OffsetConfig& config) noexcept {
  MemorySource& source = config.source != nullptr ? *config.source : system_source();
  Layout layout(size, config.reserve);
  void* const block = source.allocate(layout.bytes, alignof(OffsetBook));
  if (block == nullptr) return nullptr;
  layout.block = static_cast<std::byte*>(block);
  return ::new (block) OffsetBook(size, config, source, layout);
}

void OffsetBook::destroy(OffsetBook* book) noexcept {
  MemorySource& source = book->source_;
  const std::size_t bytes = book->bytes_;
  book->~OffsetBook();
  source.deallocate(book, bytes, alignof(OffsetBook));
}

OffsetRange OffsetBook::search(std::uint64_t size, std::uint64_t alignment_mask,
                               std::uint8_t kind) noexcept {
  const OffsetRequest request{size, alignment_mask, kind};
  OffsetNode* const behind = find_room(request);
  if (behind == nullptr) return {};
  OffsetNode* const node = store_.take_or_make();
  if (node == nullptr) return {};
  carve(*behind, *node, place(*behind, request), request);
  return store_.range_of(*node);
}

OffsetNode* OffsetBook::find_room(const OffsetRequest& request) noexcept {
  const std::uint64_t room = end_.offset - used_;
  if (request.size > room) return nullptr;

  const unsigned fitting = bins_.next_used(first_fitting_class(request.size));
  if (fitting != kClassCount && place(*bins_.first(fitting), request) != kNoOffset)
    return bins_.first(fitting);

  // Whatever its start and its neighbors are, a region of this size holds the request.
  const std::uint64_t most_skipped = std::max(request.alignment_mask, page_mask_);
  const std::uint64_t spare = room - request.size;
  if (most_skipped <= spare && page_mask_ <= spare - most_skipped) {
    const std::uint64_t enough = request.size + most_skipped + page_mask_;
    const unsigned bin = bins_.next_used(first_fitting_class(enough));
    if (bin != kClassCount) return bins_.first(bin);
  }

  if (place(end_, request) != kNoOffset) return &end_;

  for (unsigned bin = bins_.next_used(class_of(request.size)); bin != kClassCount;
       bin = bins_.next_used(bin + 1)) {
    for (OffsetNode* behind = bins_.first(bin); behind != nullptr; behind = behind->bin_next) {
      if (place(*behind, request) != kNoOffset) return behind;
    }
  }
  return nullptr;
}

void OffsetBook::reset() noexcept {
  for (OffsetNode* node = end_.next; node != &end_;) {
    OffsetNode* const next = node->next;
    store_.give_back(*node);
    node = next;
  }
  bins_.clear();
  end_.prev = &end_;
  end_.next = &end_;
  end_.gap = end_.offset;
  used_ = 0;
  allocations_ = 0;
}

std::uint64_t OffsetBook::size_of(OffsetRange range) const noexcept {
  const OffsetNode* const node = store_.find(range);
  return node == nullptr ? 0 : node->next->offset - node->next->gap - node->offset;
}

}  // namespace framealloc::gpu::detail
