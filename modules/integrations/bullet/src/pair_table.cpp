// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/bullet/pair_table.hpp>

#include <cstring>
#include <functional>

namespace framealloc::bullet::detail {

namespace {

constexpr std::size_t kFirstCapacity = 64;

// The same for both orders of the two.
[[nodiscard]] std::size_t hash_of(const btCollisionObject* a, const btCollisionObject* b) noexcept {
  const auto first = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(a));
  const auto second = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(b));
  const std::uint64_t low = first < second ? first : second;
  const std::uint64_t high = first < second ? second : first;
  const std::uint64_t mixed = (low * 0x9E3779B97F4A7C15U) ^ (high * 0xC2B2AE3D27D4EB4FU);
  return static_cast<std::size_t>((mixed ^ (mixed >> 29U)) * 0x9E3779B97F4A7C15U >> 32U);
}

[[nodiscard]] bool is_of(const Pair& pair, const btCollisionObject* a,
                         const btCollisionObject* b) noexcept {
  return (pair.body_a == a && pair.body_b == b) || (pair.body_a == b && pair.body_b == a);
}

}  // namespace

PairTable::~PairTable() {
  alloc_.heap_free_bytes(pairs_);
  alloc_.heap_free_bytes(slots_);
}

// A forgotten pair stays where it is until the next step tells its end, but is found no more.
std::size_t PairTable::slot_of(const btCollisionObject* a,
                               const btCollisionObject* b) const noexcept {
  const std::size_t mask = 2 * capacity_ - 1;
  std::size_t slot = hash_of(a, b) & mask;
  while (slots_[slot] != 0) {
    const Pair& pair = pairs_[slots_[slot] - 1];
    if (!pair.forgotten && is_of(pair, a, b)) break;
    slot = (slot + 1) & mask;
  }
  return slot;
}

Pair* PairTable::find_or_add(const btCollisionObject* a, const btCollisionObject* b) noexcept {
  if (capacity_ != 0) {
    const std::uint32_t found = slots_[slot_of(a, b)];
    if (found != 0) return &pairs_[found - 1];
  }
  if (size_ == capacity_ && !grow()) return nullptr;
  slots_[slot_of(a, b)] = static_cast<std::uint32_t>(size_ + 1);
  pairs_[size_] = {a, b, nullptr, nullptr, 0, false, false};
  return &pairs_[size_++];
}

bool PairTable::grow() noexcept {
  const std::size_t capacity = capacity_ == 0 ? kFirstCapacity : 2 * capacity_;
  auto* const slots = static_cast<std::uint32_t*>(
      alloc_.heap_alloc_bytes(2 * capacity * sizeof(std::uint32_t), alignof(std::uint32_t)));
  if (slots == nullptr) return false;
  void* const pairs = alloc_.heap_alloc_bytes(capacity * sizeof(Pair), alignof(Pair));
  if (pairs == nullptr) {
    alloc_.heap_free_bytes(slots);
    return false;
  }
  if (size_ != 0) std::memcpy(pairs, pairs_, size_ * sizeof(Pair));
  alloc_.heap_free_bytes(pairs_);
  alloc_.heap_free_bytes(slots_);
  pairs_ = static_cast<Pair*>(pairs);
  slots_ = slots;
  capacity_ = capacity;
  index_all();
  return true;
}

void PairTable::index_all() noexcept {
  std::memset(slots_, 0, 2 * capacity_ * sizeof(std::uint32_t));
  for (std::size_t i = 0; i < size_; ++i) {
    if (pairs_[i].forgotten) continue;
    slots_[slot_of(pairs_[i].body_a, pairs_[i].body_b)] = static_cast<std::uint32_t>(i + 1);
  }
}

void PairTable::keep_seen(std::uint64_t now) noexcept {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    if (pairs_[i].seen == now && !pairs_[i].forgotten) pairs_[kept++] = pairs_[i];
  }
  if (kept == size_) return;
  size_ = kept;
  index_all();
}

}  // namespace framealloc::bullet::detail
