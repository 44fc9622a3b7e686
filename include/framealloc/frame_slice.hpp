// SPDX-License-Identifier: MIT OR Apache-2.0
// A view of an array in frame memory.
#pragma once

#include <framealloc/detail/container/failure.hpp>
#include <framealloc/frame_arena.hpp>
#include <framealloc/frame_new.hpp>

#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

namespace framealloc {

/// The array belongs to its frame, whose end destroys the elements (one finalizer for the array,
/// none where there is nothing to destroy); the slice only points at it, as a std::span does, and
/// must not be read after the frame. An ordinary value: copies view the same array.
template <class T>
class FrameSlice {
 public:
  using element_type = T;
  using value_type = std::remove_cv_t<T>;
  using size_type = std::size_t;
  using difference_type = std::ptrdiff_t;
  using pointer = T*;
  using reference = T&;
  using iterator = T*;

  FrameSlice() noexcept = default;
  FrameSlice(T* data, std::size_t size) noexcept : data_(data), size_(size) {}
  /// A slice of T reads as one of const T.
  operator FrameSlice<const T>() const noexcept { return {data_, size_}; }

  /// Effect: `count` value-initialized elements in a row.
  /// Result: a slice whose data() is null when memory is denied. Thread contract: the arena's
  /// thread.
  [[nodiscard]] static FrameSlice make(FrameArena& arena FRAMEALLOC_LIFETIMEBOUND,
                                       std::size_t count, CallSite site = CallSite::current()) {
    detail::Finalizer* finalizer = nullptr;
    const auto allocate = [&] { return arena.alloc_batch<T>(count, site); };
    T* data;
    if constexpr (std::is_trivially_destructible_v<T>) {
      data = allocate();
    } else {
      data = detail::allocate_owing(arena, &detail::destroy_objects<T>, &finalizer, site, allocate);
    }
    // The second half is known to the arena, and repeated for the compiler, which else warns of it.
    if (data == nullptr || count > kMaxRequest / sizeof(T)) return {};
    std::uninitialized_value_construct_n(data, count);
    if (finalizer != nullptr) arena.arm(finalizer, data, count);
    return {data, count};
  }

  [[nodiscard]] T* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::size_t size_bytes() const noexcept { return size_ * sizeof(T); }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// Result: false for a slice that was denied its memory.
  [[nodiscard]] explicit operator bool() const noexcept { return data_ != nullptr; }

  /// Requirement of these: the element exists; at() ends the program at check level 1 and above if
  /// not.
  [[nodiscard]] T& operator[](std::size_t i) const noexcept { return data_[i]; }
  [[nodiscard]] T& at(std::size_t i) const noexcept {
    if constexpr (kCheckLevel >= 1) {
      if (i >= size_) detail::index_out_of_range(i, size_);
    }
    return data_[i];
  }
  [[nodiscard]] T& front() const noexcept { return data_[0]; }
  [[nodiscard]] T& back() const noexcept { return data_[size_ - 1]; }
  /// Result: the element, or null where there is none.
  [[nodiscard]] T* get(std::size_t i) const noexcept { return i < size_ ? data_ + i : nullptr; }

  [[nodiscard]] T* begin() const noexcept { return data_; }
  [[nodiscard]] T* end() const noexcept { return data_ + size_; }
  [[nodiscard]] std::span<T> span() const noexcept { return {data_, size_}; }

  /// Result: at most `count` elements from `offset` on; what lies outside is left out.
  [[nodiscard]] FrameSlice subslice(std::size_t offset,
                                    std::size_t count = SIZE_MAX) const noexcept {
    if (offset > size_) offset = size_;
    const std::size_t rest = size_ - offset;
    return {data_ + offset, count < rest ? count : rest};
  }
  [[nodiscard]] FrameSlice first(std::size_t count) const noexcept { return subslice(0, count); }
  [[nodiscard]] FrameSlice last(std::size_t count) const noexcept {
    return subslice(count < size_ ? size_ - count : 0);
  }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace framealloc

// Iterators stay good when the slice is gone, and a slice is cheap to copy: it is a view.
template <class T>
inline constexpr bool std::ranges::enable_borrowed_range<framealloc::FrameSlice<T>> = true;
template <class T>
inline constexpr bool std::ranges::enable_view<framealloc::FrameSlice<T>> = true;
