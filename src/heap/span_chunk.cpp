// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/heap/span_chunk.hpp>

#include <framealloc/align.hpp>

#include <memory>
#include <new>

namespace framealloc::detail {
namespace {

std::size_t words_for(std::size_t quanta) noexcept { return (quanta + 63) / 64; }

}  // namespace

std::size_t SpanChunk::table_bytes(std::size_t quanta) noexcept {
  return sizeof(SpanChunk) + words_for(quanta) * sizeof(std::uint64_t) + quanta * sizeof(Span);
}

std::size_t SpanChunk::largest_block(std::size_t chunk_size) noexcept {
  const std::size_t quanta = chunk_size / kQuantum;
  const std::size_t usable = align_down(chunk_size, kQuantum) < table_bytes(quanta)
                                 ? 0
                                 : chunk_size - align_up(table_bytes(quanta), kQuantum);
  // A larger block would leave the rest of the chunk to small ones, so it gets its own chunks.
  const std::size_t half = align_down(chunk_size / 2, kQuantum);
  return half <= usable ? half : 0;
}

SpanChunk* SpanChunk::make(void* memory, std::size_t chunk_size, BlockRecord* records) noexcept {
  const std::size_t quanta = chunk_size / kQuantum;
  const std::size_t header_quanta = align_up(table_bytes(quanta), kQuantum) / kQuantum;
  return ::new (memory) SpanChunk(quanta, header_quanta, records);
}

SpanChunk::SpanChunk(std::size_t quanta, std::size_t header_quanta, BlockRecord* records) noexcept
    : quanta_(quanta),
      usable_quanta_(quanta - header_quanta),
      free_quanta_(quanta - header_quanta),
      first_free_hint_(header_quanta),
      records_(records) {
  auto* const tables = reinterpret_cast<std::byte*>(this) + sizeof(SpanChunk);
  taken_ = reinterpret_cast<std::uint64_t*>(tables);
  spans_ = reinterpret_cast<Span*>(tables + words_for(quanta) * sizeof(std::uint64_t));
  std::uninitialized_fill_n(taken_, words_for(quanta), std::uint64_t{0});
  std::uninitialized_value_construct_n(spans_, quanta);
  mark(0, header_quanta, true);
  head.chunk_kind.store(ChunkKind::kSpans, std::memory_order_relaxed);
  region.address = reinterpret_cast<std::uintptr_t>(this);
  region.kind = RegionKind::SpanChunk;
}

void SpanChunk::mark(std::size_t first, std::size_t quanta, bool taken) noexcept {
  for (std::size_t i = first; i < first + quanta; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << (i % 64);
    if (taken) {
      taken_[i / 64] |= bit;
    } else {
      taken_[i / 64] &= ~bit;
    }
  }
}

std::size_t SpanChunk::take(std::size_t quanta, std::size_t step) noexcept {
  if (quanta == 0 || quanta > free_quanta()) return kNone;
  while (first_free_hint_ < quanta_ && is_taken(first_free_hint_)) ++first_free_hint_;
  std::size_t first = align_up(first_free_hint_, step);
  while (first + quanta <= quanta_) {
    std::size_t length = 0;
    while (length < quanta && !is_taken(first + length)) ++length;
    if (length == quanta) {
      mark(first, quanta, true);
      free_quanta_.store(free_quanta() - quanta, std::memory_order_relaxed);
      return first;
    }
    first = align_up(first + length + 1, step);
  }
  return kNone;
}

bool SpanChunk::take_at(std::size_t first, std::size_t quanta) noexcept {
  if (first + quanta > quanta_) return false;
  for (std::size_t i = first; i < first + quanta; ++i) {
    if (is_taken(i)) return false;
  }
  mark(first, quanta, true);
  free_quanta_.store(free_quanta() - quanta, std::memory_order_relaxed);
  return true;
}

void SpanChunk::give_back(std::size_t first, std::size_t quanta) noexcept {
  mark(first, quanta, false);
  free_quanta_.store(free_quanta() + quanta, std::memory_order_relaxed);
  if (first < first_free_hint_) first_free_hint_ = first;
}

std::size_t SpanChunk::index_of(const void* block) noexcept {
  const auto offset =
      reinterpret_cast<std::uintptr_t>(block) - reinterpret_cast<std::uintptr_t>(this);
  return offset % kQuantum == 0 && offset / kQuantum < quanta_ ? offset / kQuantum : kNone;
}

}  // namespace framealloc::detail
