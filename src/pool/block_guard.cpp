// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/detail/pool/block_guard.hpp>

#include "os/annotate.hpp"

#include <cstring>
#include <memory>

namespace framealloc::detail {

BlockGuard::BlockGuard(MetadataAllocator& metadata, std::size_t bytes, bool fill_fresh,
                       unsigned frames) noexcept
    : metadata_(metadata),
      capacity_(bytes),
      fill_fresh_(fill_fresh),
      frames_(frames),
      annotates_(os::annotations_heard()),
      ring_(static_cast<Held*>(metadata.allocate(kEntries * sizeof(Held)))) {
  // Without memory for it nothing is held; patterns around blocks are looked at all the same.
  if (ring_ != nullptr) std::uninitialized_value_construct_n(ring_, kEntries);
}

BlockGuard::~BlockGuard() { metadata_.deallocate(ring_, kEntries * sizeof(Held)); }

void BlockGuard::make_zone(void* begin, std::size_t size) noexcept {
  std::memset(begin, kZone, size);
}

void BlockGuard::begin_life(void* block, std::size_t size, std::size_t room) const noexcept {
  release(block, room);
  if (fill_fresh_) std::memset(block, kFresh, size);
  begin_zone(static_cast<std::byte*>(block) + size, room - size);
  if (annotates_) os::annotate_allowed(block, size);  // written, but not by the user
}

void BlockGuard::resize(void* block, std::size_t before, std::size_t after,
                        std::size_t room) const noexcept {
  auto* const bytes = static_cast<std::byte*>(block);
  if (annotates_) {
    const std::size_t kept = after < before ? after : before;
    os::annotate_allowed(bytes + kept, room - kept);
  }
  if (after > before && fill_fresh_) std::memset(bytes + before, kFresh, after - before);
  begin_zone(bytes + after, room - after);
}

void BlockGuard::end_life(void* block, std::size_t size) const noexcept {
  std::memset(block, kFreed, size);
  if (annotates_) os::annotate_forbidden(block, size);
}

void BlockGuard::release(void* block, std::size_t room) const noexcept {
  if (annotates_) os::annotate_allowed(block, room);
}

void BlockGuard::begin_zone(void* begin, std::size_t size) const noexcept {
  make_zone(begin, size);
  if (annotates_) os::annotate_forbidden(begin, size);
}

const std::byte* BlockGuard::find_change(const void* begin, std::size_t size,
                                         unsigned char pattern) noexcept {
  const auto* const bytes = static_cast<const std::byte*>(begin);
  if (size == 0 || os::annotations_heard()) return nullptr;
  // All bytes equal the first and the first is the pattern: one pass of memcmp.
  if (bytes[0] == std::byte{pattern} && std::memcmp(bytes, bytes + 1, size - 1) == 0) {
    return nullptr;
  }
  for (std::size_t i = 0; i < size; ++i) {
    if (bytes[i] != std::byte{pattern}) return bytes + i;
  }
  return nullptr;
}

BlockGuard::Held BlockGuard::pop() noexcept {
  const Held oldest = ring_[first_];
  first_ = (first_ + 1) % kEntries;
  --count_;
  bytes_ -= oldest.bytes;
  return oldest;
}

std::size_t BlockGuard::hold(const Held& freed, Held* out, std::size_t most) noexcept {
  if (ring_ == nullptr || freed.bytes > capacity_) {
    out[0] = freed;
    return 1;
  }
  const std::lock_guard guard(lock_);
  std::size_t gone = 0;
  while (gone + 1 < most && count_ != 0 &&
         (count_ == kEntries || bytes_ + freed.bytes > capacity_)) {
    out[gone++] = pop();
  }
  if (count_ == kEntries) {
    out[gone++] = freed;
    return gone;
  }
  ring_[(first_ + count_) % kEntries] = freed;
  ++count_;
  bytes_ += freed.bytes;
  return gone;
}

std::size_t BlockGuard::take(Held* out, std::size_t most) noexcept {
  if (ring_ == nullptr) return 0;
  const std::lock_guard guard(lock_);
  std::size_t taken = 0;
  while (taken < most && count_ != 0) out[taken++] = pop();
  return taken;
}

BlockGuard::Held BlockGuard::peek(std::size_t index) noexcept {
  if (ring_ == nullptr) return {};
  const std::lock_guard guard(lock_);
  return index < count_ ? ring_[(first_ + index) % kEntries] : Held{};
}

}  // namespace framealloc::detail
