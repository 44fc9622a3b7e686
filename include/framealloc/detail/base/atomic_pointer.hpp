// SPDX-License-Identifier: MIT OR Apache-2.0
// A std::atomic<T*> that compiles faster.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/base/relaxed_compare.hpp>

#include <atomic>
#include <type_traits>

namespace framealloc::detail {

// Each type of pointer would instantiate std::atomic and its base, with arithmetic and waiting,
// which costs every program that includes the header three million instructions of the compiler.
// This is the part that we use, on one std::atomic for all of them; the code is the same.
template <class T>
class AtomicPointer {
 public:
  constexpr AtomicPointer() noexcept = default;
  constexpr AtomicPointer(T* pointer) noexcept : word_(erased(pointer)) {}
  AtomicPointer(const AtomicPointer&) = delete;
  AtomicPointer& operator=(const AtomicPointer&) = delete;

  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* load(
      std::memory_order order = std::memory_order_seq_cst) const noexcept {
    return static_cast<T*>(word_.load(order));
  }
  FRAMEALLOC_ALWAYS_INLINE void store(
      T* pointer, std::memory_order order = std::memory_order_seq_cst) noexcept {
    word_.store(erased(pointer), order);
  }
  T* exchange(T* pointer, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return static_cast<T*>(word_.exchange(erased(pointer), order));
  }
  // Effect: as std::atomic's, where `failure` is the order of a comparison that fails. Once it has
  // succeeded others may own what `expected` is part of, so that is written only where it failed.
  bool compare_exchange_weak(T*& expected, T* desired, std::memory_order success,
                             std::memory_order failure) noexcept {
    void* found = erased(expected);
    const bool changed = word_.compare_exchange_weak(found, erased(desired), success, failure);
    if (!changed) expected = static_cast<T*>(found);
    return changed;
  }
  bool compare_exchange_strong(T*& expected, T* desired, std::memory_order success,
                               std::memory_order failure) noexcept {
    void* found = erased(expected);
    const bool changed = word_.compare_exchange_strong(found, erased(desired), success, failure);
    if (!changed) expected = static_cast<T*>(found);
    return changed;
  }
  // Result: whether it holds `pointer`, see holds_relaxed().
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE bool holds(T* pointer) const noexcept {
    return holds_relaxed(word_, erased(pointer));
  }

 private:
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE static constexpr void* erased(T* pointer) noexcept {
    return const_cast<std::remove_const_t<T>*>(pointer);
  }
  std::atomic<void*> word_{nullptr};
};

}  // namespace framealloc::detail
