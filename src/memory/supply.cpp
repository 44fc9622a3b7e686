// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/memory/supply.hpp>

#include <framealloc/base/align.hpp>

#include <cstdint>

namespace framealloc::detail {

void Supply::raise_peak(std::size_t reserved) noexcept {
  std::size_t seen = peak_.load(std::memory_order_relaxed);
  while (seen < reserved &&
         !peak_.compare_exchange_weak(seen, reserved, std::memory_order_relaxed)) {
  }
}

void Supply::adopt(std::size_t bytes) noexcept {
  raise_peak(reserved_.fetch_add(bytes, std::memory_order_relaxed) + bytes);
}

void* Supply::acquire(std::size_t bytes, std::size_t alignment, bool* denied_by_limit) noexcept {
  if (denied_by_limit != nullptr) *denied_by_limit = false;
  if (bytes == 0 || bytes > kMaxRequest) return nullptr;

  // Booked before the source is asked, so that several threads together cannot pass the limit.
  std::size_t before = reserved_.load(std::memory_order_relaxed);
  do {
    if (limit_ != 0 && (before > limit_ || bytes > limit_ - before)) {
      if (denied_by_limit != nullptr) *denied_by_limit = true;
      return nullptr;
    }
  } while (!reserved_.compare_exchange_weak(before, before + bytes, std::memory_order_relaxed));

  void* const address = source_->allocate(bytes, alignment);
  if (address == nullptr) {
    reserved_.fetch_sub(bytes, std::memory_order_relaxed);
    return nullptr;
  }
  raise_peak(before + bytes);
  return address;
}

void Supply::release(void* address, std::size_t bytes, std::size_t alignment) noexcept {
  if (address == nullptr) return;
  // Given back before it is unbooked: what is really held never passes the limit either.
  source_->deallocate(address, bytes, alignment);
  reserved_.fetch_sub(bytes, std::memory_order_relaxed);
}

std::size_t Supply::remaining() const noexcept {
  if (limit_ == 0) return SIZE_MAX;
  const std::size_t held = reserved();
  return held < limit_ ? limit_ - held : 0;
}

}  // namespace framealloc::detail
