// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/memory/metadata_allocator.hpp>

#include <framealloc/detail/memory/limited_source.hpp>

#include <bit>
#include <mutex>

namespace framealloc::detail {
namespace {

constexpr std::size_t kAlignment = 128;
constexpr std::size_t kPageBytes = 4096;

// Requests above kMaxSmall have a piece to themselves, in whole pages with its header in front.
constexpr std::size_t large_bytes(std::size_t bytes) noexcept {
  return align_up(bytes + kAlignment, kPageBytes);
}
constexpr std::size_t small_bytes(std::size_t bytes) noexcept {
  return bytes <= kAlignment ? kAlignment : std::bit_ceil(bytes);
}

}  // namespace

bool MetadataAllocator::limit_is_reached() const noexcept {
  return limited_source_.remaining() < kPieceBytes;
}

MetadataAllocator::~MetadataAllocator() {
  for (Piece* piece = pieces_; piece != nullptr;) {
    Piece* const next = piece->next;
    limited_source_.release(piece, piece->bytes, kAlignment);
    piece = next;
  }
}

int MetadataAllocator::class_of(std::size_t block) noexcept {
  return static_cast<int>(std::bit_width(block)) - 1;
}

void MetadataAllocator::link(Piece* piece) noexcept {
  piece->next = pieces_;
  if (pieces_ != nullptr) pieces_->previous = piece;
  pieces_ = piece;
}

// Cuts what is left of the current piece into blocks, so that a new piece wastes none of it.
void MetadataAllocator::cut_remainder() noexcept {
  while (cursor_ != end_) {
    std::size_t block = std::bit_floor(static_cast<std::size_t>(end_ - cursor_));
    if (block > kMaxSmall) block = kMaxSmall;
    Block*& list = free_[class_of(block)];
    list = ::new (cursor_) Block{list};
    cursor_ += block;
  }
}

void* MetadataAllocator::take_small(std::size_t block) noexcept {
  Block*& list = free_[class_of(block)];
  if (list != nullptr) {
    Block* const found = list;
    list = found->next;
    return found;
  }
  if (static_cast<std::size_t>(end_ - cursor_) < block) return nullptr;
  void* const found = cursor_;
  cursor_ += block;
  return found;
}

void* MetadataAllocator::allocate(std::size_t bytes) noexcept {
  if (bytes > kMaxRequest) return nullptr;
  return bytes > kMaxSmall ? allocate_large(large_bytes(bytes))
                           : allocate_small(small_bytes(bytes));
}

void* MetadataAllocator::allocate_large(std::size_t total) noexcept {
  void* const memory = limited_source_.acquire(total, kAlignment);
  if (memory == nullptr) return nullptr;
  Piece* const piece = ::new (memory) Piece{nullptr, nullptr, total};
  const std::lock_guard guard(lock_);
  link(piece);
  in_use_ += total;
  return static_cast<std::byte*>(memory) + kAlignment;
}

void* MetadataAllocator::allocate_small(std::size_t block) noexcept {
  std::unique_lock guard(lock_);
  void* found = take_small(block);
  if (found == nullptr) {
    // The source may be the user's code: it is called without the lock.
    guard.unlock();
    void* const memory = limited_source_.acquire(kPieceBytes, kAlignment);
    guard.lock();
    found = take_small(block);  // another thread may have brought a piece or a block meanwhile
    if (found != nullptr) {
      in_use_ += block;
      guard.unlock();
      limited_source_.release(memory, kPieceBytes, kAlignment);
      return found;
    }
    if (memory == nullptr) return nullptr;
    cut_remainder();
    link(::new (memory) Piece{nullptr, nullptr, kPieceBytes});
    cursor_ = static_cast<std::byte*>(memory) + kAlignment;
    end_ = static_cast<std::byte*>(memory) + kPieceBytes;
    found = take_small(block);
  }
  in_use_ += block;
  return found;
}

void MetadataAllocator::deallocate(void* address, std::size_t bytes) noexcept {
  if (address == nullptr) return;
  if (bytes <= kMaxSmall) {
    const std::size_t block = small_bytes(bytes);
    const std::lock_guard guard(lock_);
    Block*& list = free_[class_of(block)];
    list = ::new (address) Block{list};
    in_use_ -= block;
    return;
  }
  const std::size_t total = large_bytes(bytes);
  void* const start = static_cast<std::byte*>(address) - kAlignment;
  {
    const std::lock_guard guard(lock_);
    const Piece* const piece = std::launder(static_cast<Piece*>(start));
    if (piece->previous != nullptr) piece->previous->next = piece->next;
    if (piece->next != nullptr) piece->next->previous = piece->previous;
    if (pieces_ == piece) pieces_ = piece->next;
    in_use_ -= total;
  }
  limited_source_.release(start, total, kAlignment);
}

std::size_t MetadataAllocator::bytes_in_use() const noexcept {
  const std::lock_guard guard(lock_);
  return in_use_;
}

}  // namespace framealloc::detail
