// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/heap/handle_chunk.hpp>

#include <bit>
#include <new>

namespace framealloc::detail {
namespace {

constexpr std::uint32_t kHeader = 1;  // granules of a header
// A free block has to hold its header and its links.
constexpr std::uint32_t kSmallest = 2;
// Holes looked at in a bin whose holes need not all fit.
constexpr int kMostHoleLooks = 8;

}  // namespace

BlockChunk* BlockChunk::make(void* memory, std::size_t bytes) noexcept {
  return ::new (memory) BlockChunk(bytes);
}

BlockChunk::BlockChunk(std::size_t bytes) noexcept
    : first_(static_cast<std::uint32_t>(align_up(sizeof(BlockChunk), kGranule) / kGranule)),
      total_(static_cast<std::uint32_t>(bytes / kGranule) - first_ - kHeader) {
  ::new (at(first_)) BlockHeader{0, 0, total_, TagId::Untagged, false, false};
  // What stands at the end looks like a block in use, so that nothing joins with it.
  ::new (at(first_ + total_)) BlockHeader{total_, 0, 0, TagId::Untagged, true, false};
  list(first_);
}

std::size_t BlockChunk::largest_block(std::size_t chunk_bytes) noexcept {
  const std::size_t overhead = align_up(sizeof(BlockChunk), kGranule) + 2 * kGranule;
  return chunk_bytes > overhead ? chunk_bytes - overhead : 0;
}

BlockChunk::Place BlockChunk::place_of(std::uint32_t granules) noexcept {
  if (granules < kSteps) return {0, granules};
  const auto width = static_cast<unsigned>(std::bit_width(granules));  // at least 4
  return {width - 3, (granules >> (width - 4)) & (kSteps - 1)};
}

std::size_t BlockChunk::bin_for(std::size_t bytes) noexcept {
  return place_of(granules_for(bytes)).bin;
}

std::size_t BlockChunk::largest_bin() const noexcept {
  return bins_ == 0 ? kNoBin : static_cast<std::size_t>(std::bit_width(bins_)) - 1;
}

void BlockChunk::list(std::uint32_t position) noexcept {
  const Place place = place_of(at(position)->granules);
  std::uint32_t& head = heads_[place.bin][place.step];
  ::new (hole_at(position)) Hole{head, 0};
  if (head != 0) hole_at(head)->previous = position;
  head = position;
  bins_ |= 1U << place.bin;
  steps_[place.bin] = static_cast<std::uint8_t>(steps_[place.bin] | (1U << place.step));
}

void BlockChunk::unlist(std::uint32_t position) noexcept {
  const Place place = place_of(at(position)->granules);
  const Hole hole = *hole_at(position);
  if (hole.next != 0) hole_at(hole.next)->previous = hole.previous;
  if (hole.previous != 0) {
    hole_at(hole.previous)->next = hole.next;
    return;
  }
  heads_[place.bin][place.step] = hole.next;
  if (hole.next != 0) return;
  steps_[place.bin] = static_cast<std::uint8_t>(steps_[place.bin] & ~(1U << place.step));
  if (steps_[place.bin] == 0) bins_ &= ~(1U << place.bin);
}

// Where a block would begin in a hole: its content is aligned, and what is left in front is nothing
// or large enough to be a hole of its own.
std::uint32_t BlockChunk::aligned_start(std::uint32_t position,
                                        std::size_t alignment) const noexcept {
  if (alignment <= kGranule) return position;
  const auto base = reinterpret_cast<std::uintptr_t>(this);
  const std::uintptr_t content = base + (static_cast<std::size_t>(position) + kHeader) * kGranule;
  std::uintptr_t aligned = align_up(content, alignment);
  if (aligned - content != 0 && aligned - content < kSmallest * kGranule) aligned += alignment;
  return position + static_cast<std::uint32_t>((aligned - content) / kGranule);
}

std::uint32_t BlockChunk::find_hole(std::uint32_t granules, std::size_t alignment) noexcept {
  const auto fits = [&](std::uint32_t position) {
    const std::uint32_t start = aligned_start(position, alignment);
    return start - position + granules <= at(position)->granules;
  };
  const Place place = place_of(granules);
  int tries = kMostHoleLooks;
  for (std::uint32_t hole = heads_[place.bin][place.step]; hole != 0 && tries > 0; --tries) {
    if (fits(hole)) return hole;
    hole = hole_at(hole)->next;
  }
  // From the next step on every hole is large enough, but for the alignment.
  unsigned bin = place.bin;
  auto steps = static_cast<unsigned>(steps_[bin]) & ~((2U << place.step) - 1U);
  for (;;) {
    while (steps != 0) {
      const auto step = static_cast<unsigned>(std::countr_zero(steps));
      tries = kMostHoleLooks;
      for (std::uint32_t hole = heads_[bin][step]; hole != 0 && tries > 0; --tries) {
        if (fits(hole)) return hole;
        hole = hole_at(hole)->next;
      }
      steps &= steps - 1;
    }
    const std::uint32_t larger = bins_ & ~((2U << bin) - 1U);
    if (larger == 0) return 0;
    bin = static_cast<unsigned>(std::countr_zero(larger));
    steps = steps_[bin];
  }
}

void* BlockChunk::take(std::size_t bytes, std::size_t alignment, std::uint32_t owner, TagId tag,
                       bool movable) noexcept {
  const std::uint32_t granules = granules_for(bytes);
  const std::uint32_t hole = find_hole(granules, alignment);
  if (hole == 0) return nullptr;
  unlist(hole);

  const std::uint32_t end = hole + at(hole)->granules;
  const std::uint32_t start = aligned_start(hole, alignment);
  std::uint32_t before = at(hole)->before;
  if (start != hole) {
    at(hole)->granules = start - hole;
    before = start - hole;
    list(hole);
  }
  std::uint32_t taken = end - start;
  if (taken - granules >= kSmallest) taken = granules;
  ::new (at(start)) BlockHeader{before, owner, taken, tag, true, movable};
  if (start + taken != end) {
    ::new (at(start + taken))
        BlockHeader{taken, 0, end - start - taken, TagId::Untagged, false, false};
    list(start + taken);
  }
  at(end)->before = end - (start + taken != end ? start + taken : start);
  used_ += taken;
  ++live_;
  show_beside();
  if (!movable) ++unmovable_;
  return block_of(at(start));
}

void BlockChunk::give_back(void* block, std::uint32_t* cursor) noexcept {
  BlockHeader* header = header_of(block);
  used_ -= header->granules;
  --live_;
  show_beside();
  if (!header->movable) --unmovable_;
  header->live = false;

  std::uint32_t position = position_of(header);
  const std::uint32_t behind = position + header->granules;
  if (!at(behind)->live) {
    unlist(behind);
    header->granules += at(behind)->granules;
  }
  if (header->before != 0 && !at(position - header->before)->live) {
    const std::uint32_t granules = header->granules;
    position -= header->before;
    unlist(position);
    header = at(position);
    header->granules += granules;
  }
  at(position + header->granules)->before = header->granules;
  list(position);
  if (cursor != nullptr && *cursor > position && *cursor < position + header->granules) {
    *cursor = position;
  }
}

BlockHeader* BlockChunk::next_live(std::uint32_t* position) noexcept {
  std::uint32_t at_position = *position == 0 ? first_ : *position;
  for (;;) {
    BlockHeader* const header = at(at_position);
    if (header->granules == 0) {
      *position = at_position;
      return nullptr;
    }
    at_position += header->granules;
    if (header->live) {
      *position = at_position;
      return header;
    }
  }
}

}  // namespace framealloc::detail
