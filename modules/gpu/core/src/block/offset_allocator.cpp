// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/gpu/offset_allocator.hpp>

#include "block/offset_book.hpp"

#include <framealloc/align.hpp>

namespace framealloc::gpu {

Result<OffsetAllocator> OffsetAllocator::create(std::uint64_t size,
                                                const OffsetConfig& config) noexcept {
  if (size == 0) {
    return Error{Code::FA011,
                 "OffsetAllocator::create(): the size is 0; give the units of the whole range"};
  }
  if (!is_power_of_two(config.granularity)) {
    Error error{Code::FA011, "OffsetAllocator::create(): the granularity is "};
    error.message.append(config.granularity).append("; give a power of two (1: no pages)");
    return error;
  }
  detail::OffsetBook* const book = detail::OffsetBook::create(size, config);
  if (book == nullptr) {
    Error error{Code::FA012, "OffsetAllocator::create(): no memory for the bookkeeping of "};
    error.message.append(config.reserve)
        .append(" ranges; lower OffsetConfig::reserve, or give a source that has more");
    return error;
  }
  return OffsetAllocator(book);
}

OffsetAllocator& OffsetAllocator::operator=(OffsetAllocator&& other) noexcept {
  if (this == &other) return *this;
  if (book_ != nullptr) detail::OffsetBook::destroy(book_);
  book_ = std::exchange(other.book_, nullptr);
  return *this;
}

OffsetAllocator::~OffsetAllocator() {
  if (book_ != nullptr) detail::OffsetBook::destroy(book_);
}

OffsetRange OffsetAllocator::allocate(std::uint64_t size, std::uint64_t alignment,
                                      OffsetKind kind) noexcept {
  if (book_ == nullptr || size == 0 || !is_power_of_two(alignment)) return {};
  return book_->allocate(
      {size, alignment - 1, static_cast<std::uint8_t>(kind == OffsetKind::Linear ? 1 : 2)});
}

bool OffsetAllocator::free(OffsetRange range) noexcept {
  return book_ != nullptr && book_->free(range);
}

void OffsetAllocator::reset() noexcept {
  if (book_ != nullptr) book_->reset();
}

bool OffsetAllocator::owns(OffsetRange range) const noexcept {
  return book_ != nullptr && book_->owns(range);
}

std::uint64_t OffsetAllocator::size_of(OffsetRange range) const noexcept {
  return book_ == nullptr ? 0 : book_->size_of(range);
}

std::uint64_t OffsetAllocator::size() const noexcept {
  return book_ == nullptr ? 0 : book_->size();
}

OffsetStats OffsetAllocator::stats() const noexcept {
  return book_ == nullptr ? OffsetStats{} : book_->stats();
}

void OffsetAllocator::visit(void (*visitor)(std::uint64_t, std::uint64_t, bool, void*),
                            void* context) const noexcept {
  if (book_ != nullptr) book_->visit(visitor, context);
}

bool OffsetAllocator::validate() const noexcept { return book_ == nullptr || book_->validate(); }

}  // namespace framealloc::gpu
