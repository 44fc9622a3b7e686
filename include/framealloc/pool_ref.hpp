// SPDX-License-Identifier: MIT OR Apache-2.0
// A reference to an allocator's pool, for blocks whose size is known only at run time.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/smart_alloc.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc {

/// A 16-byte reference that allocates and frees pool blocks as fast as pool_alloc<T>(), although
/// the size is not a constant: for coroutine frames and operations of other libraries. It owns
/// nothing: the allocator must live as long as the reference is used. A default reference, and one
/// to an allocator that could not be made, has no memory. Thread contract: any thread.
class FRAMEALLOC_API PoolRef {
 public:
  constexpr PoolRef() noexcept = default;
  explicit PoolRef(const SmartAlloc& alloc) noexcept
      : instance_(alloc.instance_),
        page_mask_(static_cast<std::int32_t>(alloc.page_mask_)),
        tls_offset_(static_cast<std::uint16_t>(alloc.tls_offset_)) {}

  /// Effect: a block of `bytes` bytes, aligned to 16, uninitialized, under the thread's tag.
  /// Result: null when denied, which is reported.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* alloc_bytes(
      std::size_t bytes, CallSite site = CallSite::current()) const noexcept {
    if (bytes <= detail::kMaxSlabClass) [[likely]] {
      void* const block = slot().table().try_pop((bytes + kGranule - 1) / kGranule);
      if (block != nullptr) [[likely]]
        return block;
    }
    return slow(bytes, site.file, site.function, site.line);
  }
  /// Requirement: null, or a result of alloc_bytes() of the same allocator for the same size. Any
  /// thread may free it.
  FRAMEALLOC_ALWAYS_INLINE void free_bytes(void* block, std::size_t bytes) const noexcept {
    // At check level 1, nothing may be read through the pointer before it is known to be ours.
    if constexpr (kCheckLevel == 0) {
      if (block == nullptr) return;
      if (bytes <= detail::kMaxSlabClass) [[likely]] {
        const auto mask = static_cast<std::uintptr_t>(std::intptr_t{page_mask_});
        detail::ClassList* const list =
            slot().table().by_granule[(bytes + kGranule - 1) / kGranule];
        if (detail::try_free_into(list, block, mask)) [[likely]]
          return;
        if (detail::try_free_local(block, mask, os::record_word())) return;
      }
    }
    free_slow(block, bytes);
  }

  /// Result: whether it refers to an allocator.
  [[nodiscard]] explicit operator bool() const noexcept { return instance_ != nullptr; }
  /// A byte for the holder of the reference; it has no meaning here and is initially 0.
  [[nodiscard]] std::uint8_t mark() const noexcept { return mark_; }
  void set_mark(std::uint8_t mark) noexcept { mark_ = mark; }
  /// Result: a handle to the allocator; an empty one for a default reference.
  [[nodiscard]] SmartAlloc allocator() const noexcept;
  friend bool operator==(const PoolRef& a, const PoolRef& b) noexcept {
    return a.instance_ == b.instance_;
  }

 private:
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE detail::TlsSlot& slot() const noexcept {
    return *static_cast<detail::TlsSlot*>(
        static_cast<void*>(reinterpret_cast<std::byte*>(detail::tls_table().slots) + tls_offset_));
  }
  // The parts of a call site by value: an object would be built on the stack before the hot path.
  [[nodiscard]] FRAMEALLOC_COLD void* slow(std::size_t bytes, const char* file,
                                           const char* function, std::uint32_t line) const noexcept;
  FRAMEALLOC_COLD void free_slow(void* block, std::size_t bytes) const noexcept;

  detail::Instance* instance_ = nullptr;
  std::int32_t page_mask_ = 0;  // a page is at most 16 MiB, so the upper half is all ones
  std::uint16_t tls_offset_ =
      static_cast<std::uint16_t>(detail::kSharedTlsSlot * sizeof(detail::TlsSlot));
  std::uint8_t mark_ = 0;
};
static_assert(sizeof(PoolRef) == 16);
static_assert(detail::kMaxSlabPage <= std::size_t{1} << 31);
static_assert((detail::kSharedTlsSlot + 1) * sizeof(detail::TlsSlot) <= UINT16_MAX);

}  // namespace framealloc
