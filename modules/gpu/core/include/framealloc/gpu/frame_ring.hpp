// SPDX-License-Identifier: MIT OR Apache-2.0
// A thread's way to frame memory of one intent.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/gpu/annotations.hpp>
#include <framealloc/gpu/slice.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace framealloc::gpu {

namespace detail {
struct RingAccess;
}

/// This thread's way to frame memory of one intent. Keep the reference for a loop: a call is a bump
/// and a branch. Valid on this thread while the allocator lives, and across frames. Its memory is
/// always coherent: what you write is seen by whatever is submitted afterward, without a flush.
/// Its bytes count under the tag that was the thread's when it last called frame_ring(); reports name
/// the place of that call, because to name that of each slice would cost every slice a third more.
class FrameRing {
 public:
  FrameRing() = default;
  FrameRing(const FrameRing&) = delete;
  FrameRing& operator=(const FrameRing&) = delete;

  /// Requirement: `alignment` a power of two. Result: mapped memory of the frame that is open, at
  /// least aligned as the intent's usages need; empty, with a report, where allocate() would fail:
  /// no frame is open (FA001), budget (FA417), device (FA416). A request larger than a page is
  /// served from a page of its own. Thread contract: the thread that asked for the ring.
  FRAMEALLOC_GPU_FRAME [[nodiscard]] GpuSlice alloc(std::size_t size,
                                                    std::size_t alignment = 16) noexcept {
    // Everything up to the next multiple of the alignment is behind what was handed out last.
    const std::uint64_t mask = (alignment - 1) | mask_;
    const std::uint64_t skipped = last_.load(std::memory_order_relaxed) | mask;
    const std::uint64_t at = skipped + 1;
    const std::uint64_t last = skipped + size;
    // One branch, on the sign of all of it: full or closed, no size or one that overflows, an
    // alignment that is none. Offsets are far below 2^63, so no difference wraps unseen.
    const std::uint64_t room = limit_.load(std::memory_order_relaxed) - last;
    // An alignment that the compiler knows needs no look.
    const std::uint64_t odd = __builtin_constant_p(alignment) && is_sane(alignment) ? 0 : skipped;
    if (static_cast<std::int64_t>(room | last | odd | (size - 1)) < 0) [[unlikely]]
      return refill(size, mask);
    last_.store(last, std::memory_order_relaxed);
    // What lies before the ring's position and is not counted here is padding.
    handed_out_.store(handed_out_.load(std::memory_order_relaxed) + size,
                      std::memory_order_relaxed);
    return {base_ + at, buffer_, at, size, frame_};
  }
  /// Effect: copies `data` into a slice.
  template <class T>
  FRAMEALLOC_GPU_FRAME [[nodiscard]] GpuSlice push(std::span<const T> data,
                                                   std::size_t alignment = 16) noexcept {
    static_assert(std::is_trivially_copyable_v<T>);
    const GpuSlice slice =
        alloc(data.size_bytes(), alignment < alignof(T) ? alignof(T) : alignment);
    if (slice) std::memcpy(slice.data, data.data(), data.size_bytes());
    return slice;
  }

 private:
  friend struct detail::RingAccess;
  [[nodiscard]] static constexpr bool is_sane(std::size_t alignment) noexcept {
    return alignment != 0 && alignment <= std::size_t{1} << 31;
  }
  // `mask` is the alignment - 1, with that of the ring: the way above has it in a register.
  [[nodiscard]] FRAMEALLOC_COLD GpuSlice refill(std::size_t size, std::uint64_t mask) noexcept;

  // Offsets in the buffer: of the last byte that was handed out, and of the last that may be. The
  // end of the frame stores 0 in the limit.
  std::atomic<std::uint64_t> last_{0};
  std::atomic<std::uint64_t> limit_{0};
  std::atomic<std::uint64_t> handed_out_{0};  // bytes of the page's slices
  std::uint64_t mask_ = 0;                    // least alignment - 1
  std::byte* base_ = nullptr;
  std::uint64_t buffer_ = 0;
  std::uint64_t frame_ = 0;
  detail::RingAccess* owner_ = nullptr;  // null: a ring that denies everything without a word
};

}  // namespace framealloc::gpu
