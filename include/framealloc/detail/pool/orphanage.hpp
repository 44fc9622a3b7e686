// SPDX-License-Identifier: MIT OR Apache-2.0
// Slabs whose thread has ended while some of their blocks are still in use.
#pragma once

#include <framealloc/detail/pool/slab.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/ids.hpp>

#include <cstddef>

namespace framealloc::detail {

// A thread with an empty list adopts a slab of the same kind, tag and class before it takes a new
// page. Blocks freed while a slab is here return to it under the lock, and a slab that becomes
// empty goes back to the page heap. Thread contract: any thread; the `owner` of a slab that is null
// changes only under lock().
class Orphanage {
 public:
  Orphanage() = default;
  Orphanage(const Orphanage&) = delete;
  Orphanage& operator=(const Orphanage&) = delete;

  [[nodiscard]] SpinLock& lock() noexcept { return lock_; }

  // The three below require the lock.
  void take_in(SlabHeader* slab) noexcept;  // makes it ownerless
  // Effect: returns a freed block to an ownerless slab. Result: true if the slab is empty now; it
  // has left the orphanage then and the caller releases it.
  [[nodiscard]] bool return_to_page(SlabHeader* slab, void* block) noexcept;
  // Result: a slab with returned blocks that is `owner`'s from now on; null when there is none.
  [[nodiscard]] SlabHeader* adopt(AllocKind kind, TagId tag, std::size_t class_index,
                                  PoolThread* owner) noexcept;

  // Result: number of slabs held. Any thread, without the lock.
  [[nodiscard]] std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kBuckets = 256;
  [[nodiscard]] static std::size_t bucket_of(AllocKind kind, TagId tag,
                                             std::size_t class_index) noexcept;
  [[nodiscard]] SlabHeader*& head_for(SlabHeader* slab) noexcept;
  void link(SlabHeader* slab) noexcept;
  void unlink(SlabHeader* slab) noexcept;

  SpinLock lock_;
  SlabHeader* usable_[kBuckets] = {};
  SlabHeader* full_ = nullptr;
  std::atomic<std::size_t> size_{0};
};

}  // namespace framealloc::detail
