// SPDX-License-Identifier: MIT OR Apache-2.0
#include "buffer_origins.hpp"

#include <new>

namespace framealloc::gpu::vulkan_detail {

BufferOrigins::~BufferOrigins() { delete[] entries_; }

std::size_t BufferOrigins::home(std::uint64_t handle) const noexcept {
  // Fibonacci hashing (Knuth, The Art of Computer Programming, 6.4): handles are aligned pointers.
  return static_cast<std::size_t>((handle * 0x9E3779B97F4A7C15ULL) >> 32) & (capacity_ - 1);
}

BufferOrigins::Entry* BufferOrigins::find(std::uint64_t handle) noexcept {
  if (capacity_ == 0) return nullptr;
  for (std::size_t i = home(handle);; i = (i + 1) & (capacity_ - 1)) {
    if (entries_[i].handle == handle) return &entries_[i];
    if (entries_[i].handle == 0) return nullptr;
  }
}

bool BufferOrigins::grow() noexcept {
  const std::size_t old_capacity = capacity_;
  Entry* const old = entries_;
  const std::size_t wanted = old_capacity == 0 ? 64 : old_capacity * 2;
  Entry* const grown = new (std::nothrow) Entry[wanted];
  if (grown == nullptr) return false;
  entries_ = grown;
  capacity_ = wanted;
  for (std::size_t i = 0; i < old_capacity; ++i) {
    if (old[i].handle == 0) continue;
    std::size_t to = home(old[i].handle);
    while (entries_[to].handle != 0) to = (to + 1) & (capacity_ - 1);
    entries_[to] = old[i];
  }
  delete[] old;
  return true;
}

void BufferOrigins::add(std::uint64_t handle, bool from_cpu) noexcept {
  const std::scoped_lock lock(mutex_);
  // At most three quarters full, so that a search ends soon.
  if (count_ + 1 > capacity_ / 4 * 3 && !grow()) return;
  std::size_t at = home(handle);
  while (entries_[at].handle != 0) at = (at + 1) & (capacity_ - 1);
  entries_[at] = {handle, frame_, from_cpu, false};
  ++count_;
}

void BufferOrigins::set_used(std::uint64_t handle) noexcept {
  const std::scoped_lock lock(mutex_);
  if (Entry* const entry = find(handle)) entry->used = true;
}

void BufferOrigins::end_frame() noexcept {
  const std::scoped_lock lock(mutex_);
  ++frame_;
}

bool BufferOrigins::from_cpu(std::uint64_t handle) noexcept {
  const std::scoped_lock lock(mutex_);
  const Entry* const entry = find(handle);
  return entry != nullptr && entry->from_cpu;
}

bool BufferOrigins::fresh(std::uint64_t handle) noexcept {
  const std::scoped_lock lock(mutex_);
  const Entry* const entry = find(handle);
  return entry != nullptr && !entry->used && entry->frame == frame_;
}

void BufferOrigins::remove(std::uint64_t handle) noexcept {
  const std::scoped_lock lock(mutex_);
  Entry* const entry = find(handle);
  if (entry == nullptr) return;
  --count_;
  // What follows without a gap moves back if its search would have passed here: no tombstones.
  auto hole = static_cast<std::size_t>(entry - entries_);
  for (std::size_t i = (hole + 1) & (capacity_ - 1); entries_[i].handle != 0;
       i = (i + 1) & (capacity_ - 1)) {
    const std::size_t distance = (i - home(entries_[i].handle)) & (capacity_ - 1);
    if (distance < ((i - hole) & (capacity_ - 1))) continue;
    entries_[hole] = entries_[i];
    hole = i;
  }
  entries_[hole] = {};
}

}  // namespace framealloc::gpu::vulkan_detail
