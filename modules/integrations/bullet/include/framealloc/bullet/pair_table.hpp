// SPDX-License-Identifier: MIT OR Apache-2.0
// Who touched whom after the last step. Bullet tells contacts that begin and end only through
// process-wide function pointers (bulletphysics/bullet3#59), so a tracker compares.
#pragma once

#include <framealloc/smart_alloc.hpp>

#include <cstddef>
#include <cstdint>

class btCollisionObject;

namespace framealloc::bullet::detail {

/// A pair of objects that touch. The user pointers are remembered for when the objects are gone.
struct Pair {
  const btCollisionObject* body_a;
  const btCollisionObject* body_b;
  void* user_a;
  void* user_b;
  std::uint64_t seen;  ///< step in which it was seen last
  bool sensor;
  bool forgotten;  ///< an object of it is about to be removed
};

/// Pairs in the order in which they began, found by their two objects in whichever order. In the
/// heap of an allocator; grows by doubling and keeps its memory. Thread contract: one thread.
class PairTable {
 public:
  explicit PairTable(const SmartAlloc& alloc) noexcept : alloc_(alloc) {}
  ~PairTable();
  PairTable(const PairTable&) = delete;
  PairTable& operator=(const PairTable&) = delete;

  /// Result: the pair, added at the end if it was not there; null if the heap denies the memory.
  [[nodiscard]] Pair* find_or_add(const btCollisionObject* a, const btCollisionObject* b) noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] Pair& operator[](std::size_t i) noexcept { return pairs_[i]; }
  /// Effect: drops the pairs that were not seen in step `now`; the others keep their order.
  void keep_seen(std::uint64_t now) noexcept;

 private:
  [[nodiscard]] bool grow() noexcept;
  void index_all() noexcept;
  [[nodiscard]] std::size_t slot_of(const btCollisionObject* a,
                                    const btCollisionObject* b) const noexcept;

  SmartAlloc alloc_;
  Pair* pairs_ = nullptr;
  std::uint32_t* slots_ = nullptr;  // index + 1 of a pair, or 0; twice as many as pairs
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;  // a power of two
};

}  // namespace framealloc::bullet::detail
