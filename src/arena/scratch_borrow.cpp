// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/scratch_borrow.hpp>

#include <framealloc/scratch_pool.hpp>
#include <framealloc/scratch_registry.hpp>

#include <utility>

namespace framealloc {

ScratchBorrow::ScratchBorrow(ScratchPool& pool) noexcept
    : pool_(&pool), older_(pool.newest_borrow_), base_(pool.checkpoint()) {
  if (older_ != nullptr) older_->newer_ = this;
  pool.newest_borrow_ = this;
  pool.open_borrows_.fetch_add(1, std::memory_order_relaxed);
  pool.references_.fetch_add(1, std::memory_order_relaxed);
}

void ScratchBorrow::take_over(ScratchBorrow& other) noexcept {
  pool_ = std::exchange(other.pool_, nullptr);
  newer_ = std::exchange(other.newer_, nullptr);
  older_ = std::exchange(other.older_, nullptr);
  base_ = other.base_;
  if (pool_ == nullptr) return;
  if (older_ != nullptr) older_->newer_ = this;
  (newer_ != nullptr ? newer_->older_ : pool_->newest_borrow_) = this;
}

void ScratchBorrow::end() noexcept {
  if (pool_ == nullptr) return;
  ScratchPool& pool = *pool_;
  {
    const ScratchPool::Use use(pool);  // says so if it is not in order; ending cannot be refused
    if (newer_ != nullptr) {
      newer_->base_ = base_;  // both go when that one ends
      pool.report_order("a borrow ended before one that was made in it; both end with that one");
    } else {
      pool.move_back(base_);
      if (pool_ == nullptr) return;  // a destructor ended it
    }
    if (older_ != nullptr) older_->newer_ = newer_;
    (newer_ != nullptr ? newer_->older_ : pool.newest_borrow_) = older_;
    newer_ = older_ = nullptr;
    pool_ = nullptr;
    pool.open_borrows_.fetch_sub(1, std::memory_order_relaxed);
  }
  pool.registry_.let_go(pool);
}

ScratchPool* ScratchBorrow::usable_pool(bool report) const noexcept {
  if (pool_ == nullptr) return nullptr;
  if (pool_->detached_.load(std::memory_order_acquire)) {
    if (report) pool_->report_detached();
    return nullptr;
  }
  if (newer_ == nullptr) return pool_;
  if (report) pool_->report_order("a borrow allocates while one that was made in it is open");
  return nullptr;
}

std::size_t ScratchBorrow::allocated() const noexcept {
  return pool_ == nullptr ? 0 : pool_->allocated() - base_.position();
}

std::size_t ScratchBorrow::remaining() const noexcept {
  return pool_ == nullptr ? 0 : pool_->remaining();
}

}  // namespace framealloc
