// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/memory/limited_source.hpp>

#include <framealloc/align.hpp>
#include "os/annotate.hpp"

#include <cstdint>

namespace framealloc::detail {

void LimitedSource::raise_peak(std::size_t reserved) noexcept {
  std::size_t seen = peak_.load(std::memory_order_relaxed);
  while (seen < reserved &&
         !peak_.compare_exchange_weak(seen, reserved, std::memory_order_relaxed)) {
  }
}

void LimitedSource::adopt(std::size_t bytes) noexcept {
  raise_peak((reserved_.fetch_add(bytes, std::memory_order_relaxed) & kBytesMask) + bytes);
}

void* LimitedSource::acquire(std::size_t bytes, std::size_t alignment,
                             bool* denied_by_limit) noexcept {
  if (denied_by_limit != nullptr) *denied_by_limit = false;
  if (bytes == 0 || bytes > kMaxRequest) return nullptr;

  // Booked before the source is asked, so that several threads together cannot pass the limit.
  std::size_t word = reserved_.load(std::memory_order_relaxed);
  std::size_t before = 0;
  std::size_t after = 0;
  do {
    before = word & kBytesMask;
    if (limit_ != 0 && (before > limit_ || bytes > limit_ - before)) {
      if (denied_by_limit != nullptr) *denied_by_limit = true;
      return nullptr;
    }
    after = before + bytes;
  } while (!reserved_.compare_exchange_weak(word, after >= threshold_ ? after | kAbove : after,
                                            std::memory_order_relaxed));
  const bool crossed = after >= threshold_ && (word & kAbove) == 0;

  void* const address = source_->allocate(bytes, alignment);
  if (address == nullptr) {
    unbook(bytes);
    // Another thread may have gone on above the threshold and left the note to this one.
    if (crossed && reserved() >= threshold_) crossing_due_.store(true, std::memory_order_relaxed);
    return nullptr;
  }
  raise_peak(after);
  if (crossed) crossing_due_.store(true, std::memory_order_relaxed);
  return address;
}

void LimitedSource::unbook(std::size_t bytes) noexcept {
  std::size_t word = reserved_.load(std::memory_order_relaxed);
  std::size_t after = 0;
  do {
    after = (word & kBytesMask) - bytes;
  } while (!reserved_.compare_exchange_weak(word, after >= threshold_ ? after | kAbove : after,
                                            std::memory_order_relaxed));
}

void LimitedSource::release(void* address, std::size_t bytes, std::size_t alignment) noexcept {
  if (address == nullptr) return;
  // What a guard mode forbade must not follow the addresses to their next owner.
  if (os::annotations_heard()) os::annotate_allowed(address, bytes);
  // Given back before it is unbooked: what is really held never passes the limit either.
  source_->deallocate(address, bytes, alignment);
  unbook(bytes);
}

std::size_t LimitedSource::remaining() const noexcept {
  if (limit_ == 0) return SIZE_MAX;
  const std::size_t held = reserved();
  return held < limit_ ? limit_ - held : 0;
}

}  // namespace framealloc::detail
