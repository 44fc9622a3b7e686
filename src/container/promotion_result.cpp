// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/promotion_result.hpp>

#include <framealloc/detail/thread/entry.hpp>

#include <algorithm>
#include <memory>
#include <new>

namespace framealloc {

void PromotedAllocation::reset() noexcept {
  void* const object = std::exchange(object_, nullptr);
  if (object == nullptr || facts_.kind == Kind::Scratch) return;
  if (facts_.type->destroy != nullptr) facts_.type->destroy(object);
  if (facts_.kind == Kind::Pool) {
    detail::pool_free(*facts_.instance, object, facts_.type->size, facts_.type->alignment, {});
  } else {
    detail::heap_free(*facts_.instance, object, {});
  }
}

PromotionList::PromotionList(detail::MetadataAllocator& metadata, std::size_t capacity) noexcept
    : metadata_(&metadata) {
  if (capacity == 0) return;
  items_ =
      static_cast<PromotedAllocation*>(metadata.allocate(capacity * sizeof(PromotedAllocation)));
  capacity_ = items_ == nullptr ? 0 : capacity;
}

PromotionList::~PromotionList() {
  std::destroy_n(items_, size_);
  if (items_ != nullptr) metadata_->deallocate(items_, capacity_ * sizeof(PromotedAllocation));
}

bool PromotionList::push_back(PromotedAllocation&& item) noexcept {
  if (size_ == capacity_) return false;
  ::new (items_ + size_++) PromotedAllocation(std::move(item));
  return true;
}

PromotedAllocation* PromotionResult::find(std::uint64_t id) noexcept {
  PromotedAllocation* const found = std::lower_bound(
      promoted.begin(), promoted.end(), id,
      [](const PromotedAllocation& item, std::uint64_t wanted) { return item.id() < wanted; });
  return found != promoted.end() && found->id() == id && id != 0 ? found : nullptr;
}

}  // namespace framealloc
