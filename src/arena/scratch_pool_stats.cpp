// SPDX-License-Identifier: MIT OR Apache-2.0
// What a scratch pool tells about itself, and gives back, on any thread.
#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/detail/base/relaxed.hpp>
#include <framealloc/scratch_pool.hpp>
#include <framealloc/scratch_registry.hpp>

#include <algorithm>
#include <mutex>
#include <string>
#include <utility>

namespace framealloc {
namespace {

using detail::kRelaxed;

}  // namespace

std::size_t ScratchPool::allocated_locked() const noexcept {
  return current_ == nullptr ? 0 : before_ + (cursor_.load(kRelaxed) - current_->begin());
}

std::size_t ScratchPool::remaining_locked() const noexcept {
  if (first_ == nullptr) return capacity_;
  std::size_t sum = current_ == nullptr ? 0 : limit_.load(kRelaxed) - cursor_.load(kRelaxed);
  const detail::ScratchSegment* segment = current_ == nullptr ? first_ : current_->next;
  for (; segment != nullptr; segment = segment->next) sum += segment->bytes;
  return sum;
}

std::size_t ScratchPool::allocated() const noexcept {
  const std::lock_guard guard(lock_);
  return allocated_locked();
}

std::size_t ScratchPool::remaining() const noexcept {
  const std::lock_guard guard(lock_);
  return remaining_locked();
}

std::size_t ScratchPool::capacity() const noexcept {
  const std::lock_guard guard(lock_);
  return std::max(capacity_, usable_);
}

std::size_t ScratchPool::high_water() const noexcept {
  const std::lock_guard guard(lock_);
  return std::max(high_water_.load(kRelaxed), allocated_locked());
}

ScratchPoolStats ScratchPool::stats() const {
  ScratchPoolStats all;
  all.name = std::string(name_);
  all.tag = std::string(ledger().context().tags.path(tag_).view());
  all.policy = policy_;
  all.resets = resets_.load(kRelaxed);
  all.borrows = open_borrows_.load(kRelaxed);
  const std::lock_guard guard(lock_);
  all.allocated = allocated_locked();
  all.remaining = remaining_locked();
  all.capacity = std::max(capacity_, usable_);
  all.high_water = std::max(high_water_.load(kRelaxed), all.allocated);
  all.reserved = held_;
  return all;
}

std::size_t ScratchPool::trim() noexcept {
  detail::ScratchSegment* unused = nullptr;
  {
    const std::lock_guard guard(lock_);
    if (current_ == nullptr) return 0;
    unused = std::exchange(current_->next, nullptr);
    for (const auto* segment = unused; segment != nullptr; segment = segment->next) {
      usable_ -= segment->bytes;
      held_ -= segment->held;
    }
  }
  return detail::ScratchSegment::release(ledger(), tag_, unused);
}

}  // namespace framealloc
