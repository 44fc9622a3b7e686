// SPDX-License-Identifier: MIT OR Apache-2.0
// The members of SmartAlloc that keep objects beyond their frame.
#include <framealloc/framealloc.hpp>

#include "facade/facade.hpp"

namespace framealloc {

PromotionResult SmartAlloc::end_frame_with_promotions() noexcept {
  return detail::end_frame_promoting(instance_, detail::WhoseFrame::Shared);
}

PromotionResult SmartAlloc::end_thread_frame_with_promotions() noexcept {
  return detail::end_frame_promoting(instance_, detail::WhoseFrame::Thread);
}

FrameSummary SmartAlloc::end_frame_with_summary() noexcept {
  PromotionResult result = detail::end_frame_promoting(instance_, detail::WhoseFrame::Shared);
  return std::move(result.summary);
}

void SmartAlloc::set_promotion_handler(PromotionHandler handler, void* context) noexcept {
  if (detail::RetentionBook* const book = detail::retention_book(instance_))
    book->set_handler(handler, context);
}

std::size_t SmartAlloc::retained_count() const noexcept {
  const detail::RetentionBook* const book = detail::find_retention_book(instance_);
  return book == nullptr ? 0 : book->waiting();
}

void SmartAlloc::clear_retained() noexcept {
  if (detail::RetentionBook* const book = detail::find_retention_book(instance_)) book->clear();
}

}  // namespace framealloc
