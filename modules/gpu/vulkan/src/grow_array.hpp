// SPDX-License-Identifier: MIT OR Apache-2.0
// A list that says when there is no memory for it, which std::vector cannot without exceptions.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <span>
#include <type_traits>

namespace framealloc::gpu::vulkan_detail {

/// Trivial elements in one piece of memory. Thread contract: one thread at a time.
template <class T>
class GrowArray {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  GrowArray() = default;
  GrowArray(const GrowArray&) = delete;
  GrowArray& operator=(const GrowArray&) = delete;
  ~GrowArray() { std::free(data_); }

  /// Effect: room for so many more. Result: false without memory; nothing has changed then.
  [[nodiscard]] bool reserve_more(std::size_t count) noexcept {
    if (capacity_ - size_ >= count) return true;
    std::size_t wanted = capacity_ * 2 < 16 ? 16 : capacity_ * 2;
    if (wanted < size_ + count) wanted = size_ + count;
    void* const grown = std::realloc(static_cast<void*>(data_), wanted * sizeof(T));
    if (grown == nullptr) return false;
    data_ = static_cast<T*>(grown);
    capacity_ = wanted;
    return true;
  }
  [[nodiscard]] bool push(const T& value) noexcept {
    if (!reserve_more(1)) return false;
    data_[size_++] = value;
    return true;
  }
  /// Effect: the elements before `count` go, the others move down in order.
  void drop_front(std::size_t count) noexcept {
    if (count == 0) return;
    std::memmove(static_cast<void*>(data_), data_ + count, (size_ - count) * sizeof(T));
    size_ -= count;
  }
  /// Effect: the elements for which `goes` is true go; the order of the others stays.
  template <class Predicate>
  void drop_if(Predicate goes) noexcept {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < size_; ++i) {
      if (!goes(data_[i])) data_[kept++] = data_[i];
    }
    size_ = kept;
  }
  void clear() noexcept { size_ = 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return data_[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return data_[i]; }
  [[nodiscard]] T* begin() noexcept { return data_; }
  [[nodiscard]] T* end() noexcept { return data_ + size_; }
  [[nodiscard]] const T* begin() const noexcept { return data_; }
  [[nodiscard]] const T* end() const noexcept { return data_ + size_; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace framealloc::gpu::vulkan_detail
