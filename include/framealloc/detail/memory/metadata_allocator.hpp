// SPDX-License-Identifier: MIT OR Apache-2.0
// Bookkeeping memory of one allocator: small, long-lived, never mixed with the user's blocks.
#pragma once

#include <framealloc/align.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

namespace framealloc::detail {

class LimitedSource;

// Power-of-two blocks with a free list each, cut from 64 KiB pieces of the source; requests above a
// quarter piece get their own. Everything goes back at once when the object dies.
// Thread contract: any thread (one spin lock; slow paths only).
class MetadataAllocator {
 public:
  explicit MetadataAllocator(LimitedSource& limited_source) noexcept
      : limited_source_(limited_source) {}
  ~MetadataAllocator();
  MetadataAllocator(const MetadataAllocator&) = delete;
  MetadataAllocator& operator=(const MetadataAllocator&) = delete;

  // Result: `bytes` bytes aligned to 128, uninitialized; null when the source denies it.
  [[nodiscard]] FRAMEALLOC_API void* allocate(std::size_t bytes) noexcept;
  FRAMEALLOC_API void deallocate(void* address, std::size_t bytes) noexcept;
  [[nodiscard]] std::size_t bytes_in_use() const noexcept;
  // Result: whether the limit, not the source, is why a request got nothing.
  [[nodiscard]] bool limit_is_reached() const noexcept;

  template <class T, class... A>
  [[nodiscard]] T* create(A&&... arguments) noexcept {
    static_assert(alignof(T) <= 128);
    void* home = allocate(sizeof(T));
    return home == nullptr ? nullptr : ::new (home) T(std::forward<A>(arguments)...);
  }
  template <class T>
  void destroy(T* object) noexcept {
    if (object == nullptr) return;
    object->~T();
    deallocate(object, sizeof(T));
  }

 private:
  struct Block {
    Block* next;
  };
  struct Piece {
    Piece* next;
    Piece* previous;
    std::size_t bytes;
  };
  static constexpr std::size_t kPieceBytes = std::size_t{64} << 10;
  static constexpr std::size_t kMaxSmall = kPieceBytes / 4;
  static constexpr int kClasses = 15;  // by the binary logarithm of the block, up to kMaxSmall

  static int class_of(std::size_t block) noexcept;
  void* allocate_large(std::size_t total) noexcept;
  void* allocate_small(std::size_t block) noexcept;
  // These three run under the lock.
  void link(Piece* piece) noexcept;
  void cut_remainder() noexcept;
  void* take_small(std::size_t block) noexcept;

  LimitedSource& limited_source_;
  mutable SpinLock lock_{};
  Block* free_[kClasses] = {};
  Piece* pieces_ = nullptr;
  std::byte* cursor_ = nullptr;
  std::byte* end_ = nullptr;
  std::size_t in_use_ = 0;
};

// A growing array of trivially copyable records. push_back() answers false instead of throwing.
// Thread contract: one thread at a time.
template <class T>
class MetaVector {
 public:
  explicit MetaVector(MetadataAllocator& metadata) noexcept : metadata_(metadata) {}
  ~MetaVector() { metadata_.deallocate(data_, capacity_ * sizeof(T)); }
  MetaVector(const MetaVector&) = delete;
  MetaVector& operator=(const MetaVector&) = delete;

  [[nodiscard]] bool push_back(const T& value) noexcept {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= 128);
    if (size_ == capacity_) [[unlikely]] {
      const T kept = value;  // it may be one of ours, which growth moves
      if (!grow()) return false;
      ::new (data_ + size_++) T(kept);
      return true;
    }
    ::new (data_ + size_++) T(value);
    return true;
  }
  void pop_back() noexcept { --size_; }
  void resize_down(std::size_t n) noexcept { size_ = n < size_ ? n : size_; }
  void clear() noexcept { size_ = 0; }
  [[nodiscard]] T& back() noexcept { return data_[size_ - 1]; }
  [[nodiscard]] T& operator[](std::size_t i) noexcept { return data_[i]; }
  [[nodiscard]] const T& operator[](std::size_t i) const noexcept { return data_[i]; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

 private:
  bool grow() noexcept {
    const std::size_t capacity = capacity_ == 0 ? 16 : capacity_ * 2;
    T* data = static_cast<T*>(metadata_.allocate(capacity * sizeof(T)));
    if (data == nullptr) return false;
    for (std::size_t i = 0; i < size_; ++i) ::new (data + i) T(data_[i]);
    metadata_.deallocate(data_, capacity_ * sizeof(T));
    data_ = data;
    capacity_ = capacity;
    return true;
  }

  MetadataAllocator& metadata_;
  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace framealloc::detail
