// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/scratch_handle.hpp>

#include <framealloc/scratch_pool.hpp>
#include <framealloc/scratch_registry.hpp>

namespace framealloc {

ScratchPoolHandle::ScratchPoolHandle(const ScratchPoolHandle& other) noexcept
    : detail::ScratchMembers<ScratchPoolHandle>(), pool_(other.pool_) {
  if (pool_ != nullptr) pool_->references_.fetch_add(1, std::memory_order_relaxed);
}

void ScratchPoolHandle::let_go() noexcept {
  if (ScratchPool* const pool = std::exchange(pool_, nullptr)) pool->registry_.let_go(*pool);
}

bool ScratchPoolHandle::is_attached() const noexcept { return get() != nullptr; }

ScratchPool* ScratchPoolHandle::get() const noexcept { return usable_pool(false); }

ScratchPool* ScratchPoolHandle::usable_pool(bool report) const noexcept {
  if (pool_ == nullptr || !pool_->detached_.load(std::memory_order_acquire)) return pool_;
  if (report) pool_->report_detached();
  return nullptr;
}

bool ScratchPoolHandle::reset() noexcept {
  ScratchPool* const pool = usable_pool(true);
  return pool != nullptr && pool->reset();
}

ScratchCheckpoint ScratchPoolHandle::checkpoint() const noexcept {
  const ScratchPool* const pool = usable_pool(true);
  return pool == nullptr ? ScratchCheckpoint() : pool->checkpoint();
}

bool ScratchPoolHandle::rewind(const ScratchCheckpoint& to) noexcept {
  ScratchPool* const pool = usable_pool(true);
  return pool != nullptr && pool->rewind(to);
}

ScratchBorrow ScratchPoolHandle::borrow() noexcept {
  ScratchPool* const pool = usable_pool(true);
  if (pool == nullptr) return ScratchBorrow();
  return pool->borrow();
}

std::string_view ScratchPoolHandle::name() const noexcept {
  return pool_ == nullptr ? std::string_view() : pool_->name();
}
std::size_t ScratchPoolHandle::allocated() const noexcept {
  return pool_ == nullptr ? 0 : pool_->allocated();
}
std::size_t ScratchPoolHandle::remaining() const noexcept {
  return pool_ == nullptr ? 0 : pool_->remaining();
}
std::size_t ScratchPoolHandle::capacity() const noexcept {
  return pool_ == nullptr ? 0 : pool_->capacity();
}
std::size_t ScratchPoolHandle::high_water() const noexcept {
  return pool_ == nullptr ? 0 : pool_->high_water();
}

}  // namespace framealloc
