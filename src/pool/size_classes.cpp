// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/size_classes.hpp>

#include <framealloc/detail/pool/slab.hpp>

#include <algorithm>

namespace framealloc::detail {
namespace {

// Steps of a quarter or less of the size between neighbors from 64 bytes on, so that rounding up
// wastes at most a fifth or so; each is a multiple of 16, most keep an alignment of 64 or more. Those
// above 4096 divide a default page evenly by 14, 12 and 10. They serve pages of databases and
// buffers, 4 KiB and a header, and an odd number of cache lines keeps the first lines of such blocks
// in different sets of a cache.
constexpr std::size_t kDefaultClasses[] = {
    16,  32,  48,  64,   80,   96,   112,  128,  160,  192,  224,  256,  320,  384,  448, 512,
    640, 768, 896, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096, 4672, 5440, 6528};

// A list takes this much at a time, at most kMostPortion blocks: enough to make refills rare,
// small enough that a budget's last bytes are not kept ready where no request needs them.
constexpr std::size_t kPortionBytes = 8192;
constexpr std::size_t kMostPortion = 64;

SizeClass lay_out(std::size_t block_size, std::size_t page_size) noexcept {
  const std::size_t natural = block_size & (~block_size + 1);
  const std::size_t alignment = std::min(natural, page_size / 4);
  const std::size_t first = align_up(sizeof(SlabHeader), alignment);
  SizeClass result;
  result.block_size = static_cast<std::uint32_t>(block_size);
  result.alignment = static_cast<std::uint32_t>(alignment);
  result.first_offset = static_cast<std::uint32_t>(first);
  result.block_count = static_cast<std::uint32_t>((page_size - first) / block_size);
  result.portion = static_cast<std::uint32_t>(
      std::clamp<std::size_t>(kPortionBytes / block_size, 1, kMostPortion));
  return result;
}

Error bad_field(const Text<192>& message) noexcept { return Error{Code::FA010, message}; }

}  // namespace

std::span<const std::size_t> default_slab_classes() noexcept { return kDefaultClasses; }

Result<void> SizeClasses::validate(std::span<const std::size_t> classes,
                                   std::size_t page_size) noexcept {
  if (!is_power_of_two(page_size) || page_size < kMinSlabPage || page_size > kMaxSlabPage) {
    return bad_field(Text<192>("slab_page_size is ")
                         .append(page_size)
                         .append("; it has to be a power of two from ")
                         .append(kMinSlabPage)
                         .append(" to ")
                         .append(kMaxSlabPage));
  }
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] != 0 && classes[i] <= kMaxSlabClass) continue;
    return bad_field(Text<192>("slab_size_classes[")
                         .append(i)
                         .append("] is ")
                         .append(classes[i])
                         .append("; a size class has to be from 1 to ")
                         .append(kMaxSlabClass)
                         .append(" bytes, larger blocks come from the heap"));
  }
  return {};
}

SizeClasses::SizeClasses(std::span<const std::size_t> classes, std::size_t page_size) noexcept {
  if (classes.empty()) classes = default_slab_classes();
  bool wanted[kMaxGranules + 1] = {};
  std::size_t largest = 0;
  for (const std::size_t size : classes) {
    const std::size_t rounded = align_up(size, kGranule);
    wanted[rounded / kGranule] = true;
    largest = std::max(largest, rounded);
  }
  for (std::size_t size = std::bit_ceil(largest + 1); size <= kMaxSlabClass; size *= 2) {
    wanted[size / kGranule] = true;
  }
  wanted[kMaxGranules] = true;

  by_granule_[0] = 0;
  for (std::size_t granules = 1; granules <= kMaxGranules; ++granules) {
    by_granule_[granules] = static_cast<std::uint16_t>(count_);
    if (wanted[granules]) classes_[count_++] = lay_out(granules * kGranule, page_size);
  }
}

}  // namespace framealloc::detail
