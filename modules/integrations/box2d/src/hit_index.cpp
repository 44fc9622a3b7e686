// SPDX-License-Identifier: MIT OR Apache-2.0
#include "hit_index.hpp"

#include <bit>
#include <cstdint>

namespace framealloc::box2d::detail {

namespace {

constexpr std::size_t kFewHits = 32;

[[nodiscard]] std::size_t hash_of(const b2Contact* contact) noexcept {
  // Fibonacci hashing: the high half of the product depends on every bit of the address.
  const auto address = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(contact));
  return static_cast<std::size_t>((address * 0x9E3779B97F4A7C15U) >> 32U);
}

[[nodiscard]] HitRecord* search(StepLogs& logs, const b2Contact* contact) noexcept {
  HitRecord* found = nullptr;
  logs.hits.for_each_run([&](HitRecord* records, std::size_t count) {
    for (std::size_t i = 0; found == nullptr && i < count; ++i) {
      if (records[i].contact == contact) found = &records[i];
    }
  });
  return found;
}

}  // namespace

HitRecord* HitIndex::find(StepLogs& logs, const b2Contact* contact) noexcept {
  const std::size_t count = logs.hits.size();
  if (table_ == nullptr && count <= kFewHits) return search(logs, contact);
  if (table_ == nullptr || 2 * (used_ + 1) > mask_ + 1) {
    if (!build(logs)) return search(logs, contact);
  }
  return *place_of(contact);
}

void HitIndex::add(HitRecord* record) noexcept {
  if (table_ == nullptr) return;
  *place_of(record->contact) = record;
  ++used_;
}

bool HitIndex::build(StepLogs& logs) noexcept {
  clear(logs.alloc);
  const std::size_t slots = std::bit_ceil(4 * logs.hits.size());
  table_ = static_cast<HitRecord**>(
      logs.alloc.pool_alloc_bytes(slots * sizeof(HitRecord*), alignof(HitRecord*)));
  if (table_ == nullptr) return false;
  mask_ = slots - 1;
  for (std::size_t i = 0; i < slots; ++i) table_[i] = nullptr;
  logs.hits.for_each_run([&](HitRecord* records, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) add(&records[i]);
  });
  return true;
}

HitRecord** HitIndex::place_of(const b2Contact* contact) const noexcept {
  std::size_t i = hash_of(contact) & mask_;
  while (table_[i] != nullptr && table_[i]->contact != contact) i = (i + 1) & mask_;
  return &table_[i];
}

void HitIndex::clear(SmartAlloc& alloc) noexcept {
  if (table_ != nullptr) {
    alloc.pool_free_bytes(table_, (mask_ + 1) * sizeof(HitRecord*), alignof(HitRecord*));
  }
  table_ = nullptr;
  mask_ = used_ = 0;
}

}  // namespace framealloc::box2d::detail
