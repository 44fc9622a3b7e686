// SPDX-License-Identifier: MIT OR Apache-2.0
// A chunk cut into blocks of any size, with the holes between them in lists by size.
#pragma once

#include <framealloc/align.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/bytes.hpp>
#include <framealloc/ids.hpp>

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace framealloc::detail {

// Stands in front of each block, free or not. Sizes count granules of 16 bytes.
struct BlockHeader {
  std::uint32_t before;    // granules of the block in front; 0 for the first
  std::uint32_t owner;     // index that the user of the chunk gave
  std::uint32_t granules;  // of this block, header included; 0 ends the chunk
  TagId tag;
  bool live;
  bool movable;
};
static_assert(sizeof(BlockHeader) == kGranule && sizeof(TagId) == 2);

// The second half of the header of a block in use, as one word: whether a block can serve a request
// is then one comparison.
inline constexpr bool kLowWordFirst = std::endian::native == std::endian::little;
inline constexpr unsigned kKeySizeShift = kLowWordFirst ? 0 : 32;
inline constexpr unsigned kKeyTagShift = kLowWordFirst ? 32 : 16;
inline constexpr unsigned kKeyLiveShift = kLowWordFirst ? 48 : 8;
inline constexpr unsigned kKeyMovableShift = kLowWordFirst ? 56 : 0;
[[nodiscard]] constexpr std::uint64_t block_key(std::uint32_t granules, bool movable) noexcept {
  return std::uint64_t{granules} << kKeySizeShift | std::uint64_t{1} << kKeyLiveShift |
         std::uint64_t{movable} << kKeyMovableShift;
}
[[nodiscard]] constexpr std::uint64_t with_tag(std::uint64_t key, TagId tag) noexcept {
  return key | std::uint64_t{static_cast<std::uint16_t>(tag)} << kKeyTagShift;
}
[[nodiscard]] constexpr std::uint64_t without_tag(std::uint64_t key) noexcept {
  return key & ~(std::uint64_t{UINT16_MAX} << kKeyTagShift);
}
[[nodiscard]] constexpr TagId tag_of_key(std::uint64_t key) noexcept {
  return TagId{static_cast<std::uint16_t>(key >> kKeyTagShift)};
}
[[nodiscard]] constexpr std::uint32_t granules_of_key(std::uint64_t key) noexcept {
  return static_cast<std::uint32_t>(key >> kKeySizeShift);
}
[[nodiscard]] constexpr bool is_movable_key(std::uint64_t key) noexcept {
  return (key >> kKeyMovableShift & 1) != 0;
}

// Blocks that wait for the next object of their size have at most so many bytes. More would keep
// memory in use that compaction and the next large request could have.
inline constexpr std::size_t kMostWaitingBytes = 512;
[[nodiscard]] constexpr bool may_wait(std::size_t size, std::size_t alignment) noexcept {
  return alignment <= kGranule && size <= kMostWaitingBytes;
}

// Stands at the start of its chunk. Finding a hole, and joining a freed block with its free
// neighbors, take constant time: holes are listed in bins of geometric size with eight steps each,
// found by bitmaps (the two-level segregated fit of Masmano and others).
// Thread contract: one thread at a time.
class BlockChunk {
 public:
  static constexpr unsigned kBins = 30;  // by the binary logarithm, above the first eight sizes
  static constexpr unsigned kSteps = 8;
  static constexpr std::size_t kNoBin = SIZE_MAX;

  // Requirement: `memory` is a chunk of `bytes`, a multiple of the granule.
  [[nodiscard]] static BlockChunk* make(void* memory, std::size_t bytes) noexcept;
  // Result: bytes that one block can have at most in a chunk of that size, its header not counted.
  [[nodiscard]] FRAMEALLOC_API static std::size_t largest_block(std::size_t chunk_bytes) noexcept;
  BlockChunk(const BlockChunk&) = delete;
  BlockChunk& operator=(const BlockChunk&) = delete;

  // Result: a block of at least `bytes`, aligned; null when no hole fits. A hole that would fit may
  // be missed when many of about the same size are listed before it.
  [[nodiscard]] void* take(std::size_t bytes, std::size_t alignment, std::uint32_t owner, TagId tag,
                           bool movable) noexcept;
  // Effect: frees a block. A `*cursor` of next_live() that a joined hole swallowed is moved to the
  // hole's begin.
  void give_back(void* block, std::uint32_t* cursor = nullptr) noexcept;

  [[nodiscard]] static BlockHeader* header_of(void* block) noexcept {
    return static_cast<BlockHeader*>(block) - 1;
  }
  [[nodiscard]] static void* block_of(BlockHeader* header) noexcept { return header + 1; }
  // Result: block_key() of a block in use.
  [[nodiscard]] static std::uint64_t key_of(const void* block) noexcept {
    std::uint64_t key;
    copy_bytes(&key, static_cast<const std::byte*>(block) - sizeof key, sizeof key);
    return key;
  }
  // Result: the first block that is in use at `*position` or behind it (in granules; 0 begins), and
  // `*position` is behind it; null at the end.
  [[nodiscard]] FRAMEALLOC_API BlockHeader* next_live(std::uint32_t* position) noexcept;

  // A parked block is free and looks as if it were in use, so that nothing joins with it and it can
  // be handed out again as it is. The caller that parks it keeps it and returns it in the end.
  // Effect: parks a block. Result: its size in granules, header included.
  std::uint32_t park(void* block) noexcept {
    BlockHeader* const header = header_of(block);
    if (!header->movable) --unmovable_;
    header->movable = true;
    ++parked_;
    show_beside();
    return header->granules;
  }
  // Effect: hands a parked block out again.
  void unpark(void* block, std::uint32_t owner, TagId tag, bool movable) noexcept {
    BlockHeader* const header = header_of(block);
    header->owner = owner;
    header->tag = tag;
    header->movable = movable;
    if (!movable) ++unmovable_;
    unpark();
  }
  // Effect: a parked block is one in use, to be given back.
  void unpark() noexcept {
    --parked_;
    show_beside();
  }
  [[nodiscard]] bool only_parked() const noexcept { return unparked_blocks() == 0; }
  // Result: blocks in use that are not parked.
  [[nodiscard]] std::uint32_t unparked_blocks() const noexcept { return live_ - parked_; }
  // Result: how many there are beside one of them; 0 while no block of the chunk is to be kept for
  // later. Any thread.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE std::uint32_t blocks_beside() const noexcept {
    return beside_.load(std::memory_order_relaxed);
  }
  // Effect: whether blocks may be kept for later. At first they may.
  void keep_blocks(bool on) noexcept {
    keeps_blocks_ = on;
    show_beside();
  }
  // Result: granules of a block of `bytes`, header included.
  [[nodiscard]] static constexpr std::uint32_t granules_for(std::size_t bytes) noexcept {
    const std::size_t rounded = align_up(bytes == 0 ? 1 : bytes, kGranule) / kGranule;
    return static_cast<std::uint32_t>(rounded) + 1;
  }

  [[nodiscard]] std::size_t live_blocks() const noexcept { return live_; }
  [[nodiscard]] std::size_t unmovable_blocks() const noexcept { return unmovable_; }
  [[nodiscard]] std::size_t used_bytes() const noexcept { return used_ * kGranule; }
  [[nodiscard]] std::size_t free_bytes() const noexcept { return (total_ - used_) * kGranule; }
  // Result: the bin of the largest hole; kNoBin when there is none.
  [[nodiscard]] std::size_t largest_bin() const noexcept;
  // Result: the bin whose holes may fit such a block; all of the next bin do.
  [[nodiscard]] static std::size_t bin_for(std::size_t bytes) noexcept;

  // The space's: which list the chunk is on, and when it was last found not worth emptying.
  BlockChunk* next = nullptr;
  BlockChunk* previous = nullptr;
  std::size_t listed_bin = kNoBin;
  std::uint64_t passed_over_at = 0;

 private:
  struct Hole {  // in the first granule behind the header of a free block; positions, 0 is none
    std::uint32_t next;
    std::uint32_t previous;
  };
  struct Place {
    unsigned bin;
    unsigned step;
  };

  explicit BlockChunk(std::size_t bytes) noexcept;
  [[nodiscard]] static Place place_of(std::uint32_t granules) noexcept;
  [[nodiscard]] BlockHeader* at(std::uint32_t position) noexcept {
    return static_cast<BlockHeader*>(static_cast<void*>(
        reinterpret_cast<std::byte*>(this) + static_cast<std::size_t>(position) * kGranule));
  }
  [[nodiscard]] std::uint32_t position_of(const void* address) const noexcept {
    return static_cast<std::uint32_t>(
        static_cast<std::size_t>(static_cast<const std::byte*>(address) -
                                 reinterpret_cast<const std::byte*>(this)) /
        kGranule);
  }
  [[nodiscard]] Hole* hole_at(std::uint32_t position) noexcept {
    return reinterpret_cast<Hole*>(at(position) + 1);
  }
  void show_beside() noexcept {
    const std::uint32_t blocks = keeps_blocks_ ? unparked_blocks() : 0;
    beside_.store(blocks == 0 ? 0 : blocks - 1, std::memory_order_relaxed);
  }
  void list(std::uint32_t position) noexcept;
  void unlist(std::uint32_t position) noexcept;
  [[nodiscard]] std::uint32_t find_hole(std::uint32_t granules, std::size_t alignment) noexcept;
  [[nodiscard]] std::uint32_t aligned_start(std::uint32_t position,
                                            std::size_t alignment) const noexcept;

  std::uint32_t first_;  // position of the first block
  std::uint32_t total_;  // granules of all blocks
  std::uint32_t used_ = 0;
  std::uint32_t live_ = 0;
  std::uint32_t unmovable_ = 0;
  std::uint32_t parked_ = 0;
  std::atomic<std::uint32_t> beside_{0};
  bool keeps_blocks_ = true;
  std::uint32_t bins_ = 0;  // bit n: bin n has a hole
  std::uint8_t steps_[kBins] = {};
  std::uint32_t heads_[kBins][kSteps] = {};
};

}  // namespace framealloc::detail
