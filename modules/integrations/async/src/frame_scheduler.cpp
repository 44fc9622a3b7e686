// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/async/frame_scheduler.hpp>

#include <algorithm>

namespace framealloc::async {

using detail::WaitList;

FrameScheduler::FrameScheduler(const SmartAlloc& alloc) noexcept
    : alloc_(alloc), pool_(detail::pool_of(alloc)) {
  for (WaitList& bucket : buckets_) bucket.guard_with({&FrameScheduler::leave, this});
  pumped_ = alloc_.frame_number();
}

FrameScheduler::~FrameScheduler() {
  detail::RunQueue left;
  {
    const std::lock_guard lock(mutex_);
    for (WaitList& bucket : buckets_) {
      while (detail::Waiter* const waiter = bucket.pop()) left.push(*waiter);
    }
  }
  left.abandon();
}

void FrameScheduler::leave(void* self, WaitList& list, detail::Waiter& waiter) noexcept {
  const std::lock_guard lock(static_cast<FrameScheduler*>(self)->mutex_);
  list.remove(waiter);
}

void FrameScheduler::add(Wait& wait) noexcept {
  wait.use_pool_if_none(pool_);
  const std::lock_guard lock(mutex_);
  const std::uint64_t now = std::max(alloc_.frame_number(), pumped_);
  wait.due_ = wait.due_ > UINT64_MAX - now ? UINT64_MAX : now + wait.due_;
  wait.order_ = order_++;
  buckets_[wait.due_ % kBuckets].push(wait);
}

std::size_t FrameScheduler::pump() {
  detail::RunQueue woken;
  std::size_t count = 0;
  {
    const std::lock_guard lock(mutex_);
    const std::uint64_t now = alloc_.frame_number();
    // Normally one bucket. Where frames went by without a pump, those of several are merged, so
    // that who waits longest goes first.
    WaitList due;
    for (std::uint64_t frame = std::max(pumped_ + 1, now < kBuckets ? 0 : now - kBuckets + 1);
         frame <= now; ++frame) {
      WaitList& bucket = buckets_[frame % kBuckets];
      WaitList earlier;
      while (detail::Waiter* const waiter = due.pop()) earlier.push(*waiter);
      for (auto* wait = static_cast<Wait*>(bucket.first()); wait != nullptr;) {
        auto* const next = static_cast<Wait*>(WaitList::next(*wait));
        if (wait->due_ <= now) {
          while (!earlier.empty() && static_cast<Wait*>(earlier.first())->order_ < wait->order_) {
            due.push(*earlier.pop());
          }
          bucket.remove(*wait);
          due.push(*wait);
        }
        wait = next;
      }
      while (detail::Waiter* const waiter = earlier.pop()) due.push(*waiter);
    }
    pumped_ = std::max(pumped_, now);
    for (; detail::Waiter* const waiter = due.pop(); ++count) woken.push(*waiter);
  }
  woken.run();
  return count;
}

std::size_t FrameScheduler::waiting() const noexcept {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const WaitList& bucket : buckets_) count += bucket.size();
  return count;
}

}  // namespace framealloc::async
