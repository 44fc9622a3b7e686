// SPDX-License-Identifier: MIT OR Apache-2.0
// Which block size serves a request, and how blocks of that size lie in a slab page.
#pragma once

#include <framealloc/align.hpp>
#include <framealloc/result.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

namespace framealloc::detail {

// Requests up to these come from slab pages; what is larger or stricter comes from the heap.
inline constexpr std::size_t kMaxSlabClass = 8192;
inline constexpr std::size_t kMaxSlabAlignment = 4096;
inline constexpr std::size_t kMaxGranules = kMaxSlabClass / kGranule;
// A page of this size holds a header and a block of the largest class at the largest alignment.
inline constexpr std::size_t kMinSlabPage = std::size_t{16} << 10;
inline constexpr std::size_t kMaxSlabPage = std::size_t{16} << 20;

// Result: true if a slab page serves such a request. Folds away for a type.
[[nodiscard]] constexpr bool is_slab_request(std::size_t size, std::size_t alignment) noexcept {
  return size <= kMaxSlabClass && alignment <= kMaxSlabAlignment;
}

// Result: the index of a request in a table of lists. A block of 2^k bytes can be aligned to 2^k,
// so a stricter alignment than the granule asks for a power of two. Requirement: is_slab_request().
[[nodiscard]] constexpr std::size_t granules_of(std::size_t size, std::size_t alignment) noexcept {
  if (alignment > kGranule) size = std::bit_ceil(size > alignment ? size : alignment);
  return (size + kGranule - 1) / kGranule;
}

// One size class and its layout in a page.
struct SizeClass {
  std::uint32_t block_size = 0;
  std::uint32_t alignment = 0;     // of every block
  std::uint32_t first_offset = 0;  // of the first block in the page
  std::uint32_t block_count = 0;   // per page
  std::uint32_t portion = 0;       // blocks that a list gets at a time
};

// The classes of one allocator: those of its configuration, and above them powers of two up to
// kMaxSlabClass, so that a request beyond the user's largest class is served as well.
// Thread contract: constant after construction.
class SizeClasses {
 public:
  // Result: an error that names the entry or the page size that cannot be.
  [[nodiscard]] static Result<void> validate(std::span<const std::size_t> classes,
                                             std::size_t page_size) noexcept;
  // Entries are rounded up to the granule, sorted, and kept once; an empty list means the defaults.
  // Requirement: validate() has passed. The list is copied.
  SizeClasses(std::span<const std::size_t> classes, std::size_t page_size) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] const SizeClass& operator[](std::size_t index) const noexcept {
    return classes_[index];
  }
  // Result: index of the smallest class whose blocks hold `granules` granules.
  [[nodiscard]] std::size_t index_of_granules(std::size_t granules) const noexcept {
    return by_granule_[granules];
  }
  // Result: index of the smallest class that serves the request. Requirement: is_slab_request().
  [[nodiscard]] std::size_t find(std::size_t size, std::size_t alignment) const noexcept {
    std::size_t index = by_granule_[granules_of(size, alignment)];
    while (classes_[index].alignment < alignment) ++index;  // the largest class fits all
    return index;
  }

 private:
  SizeClass classes_[kMaxGranules];
  std::uint16_t by_granule_[kMaxGranules + 1];
  std::size_t count_ = 0;
};

// What AllocConfig::slab_size_classes means when it is empty.
[[nodiscard]] std::span<const std::size_t> default_slab_classes() noexcept;

}  // namespace framealloc::detail
