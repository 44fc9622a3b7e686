// SPDX-License-Identifier: MIT OR Apache-2.0
// The small types of scratch pools.
#pragma once

#include <framealloc/ids.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace framealloc {

class ScratchPool;

namespace detail {
struct ScratchSegment;
}

/// What a pool does when its capacity is used up.
enum class ScratchPolicy : std::uint8_t {
  Grow,   ///< takes further memory, and keeps it for the next round
  Fixed,  ///< answers null, which is reported (FA021)
};

inline constexpr std::size_t kDefaultScratchCapacity = std::size_t{1} << 20;

/// One pool, as of one moment. Bytes.
struct ScratchPoolStats {
  std::string name;
  std::size_t allocated = 0;   ///< in use, rounding included
  std::size_t capacity = 0;    ///< chosen, or what the pool has grown to
  std::size_t remaining = 0;   ///< until it is full or grows
  std::size_t high_water = 0;  ///< most ever in use
  std::size_t reserved = 0;    ///< held from the allocator; 0 until the first allocation
  std::uint64_t resets = 0;
  std::uint32_t borrows = 0;  ///< open now
  ScratchPolicy policy = ScratchPolicy::Grow;
  std::string tag;  ///< path of the tag that was current when the pool was made
};

/// A place in a scratch pool to which it can be rewound. A value. Goes stale when the pool is reset
/// or rewound to before it; a stale one is recognized and refused.
class ScratchCheckpoint {
 public:
  ScratchCheckpoint() = default;
  /// Result: bytes that were in use when it was taken.
  [[nodiscard]] std::size_t position() const noexcept { return position_; }

 private:
  friend class ScratchPool;
  detail::ScratchSegment* segment_ = nullptr;
  std::uintptr_t cursor_ = 0;
  std::size_t position_ = 0;
  std::uint64_t place_ = 0;  // grows with every allocation, also into the next segment
  std::uint64_t pool_ = 0;   // number of the pool; 0 for a checkpoint of none
  std::uint64_t time_ = 0;   // rewinds that the pool had seen
  std::uint64_t order_ = 0;  // destructors that the pool owed
};

}  // namespace framealloc
