// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/frame_summary.hpp>

namespace framealloc {

std::string_view to_string(PromotionFailure failure) noexcept {
  switch (failure) {
    case PromotionFailure::None:
      return "none";
    case PromotionFailure::BudgetExceeded:
      return "budget exceeded";
    case PromotionFailure::ScratchPoolNotFound:
      return "scratch pool not found";
    case PromotionFailure::ScratchPoolFull:
      return "scratch pool full";
    case PromotionFailure::TooLarge:
      return "allocation too large";
    case PromotionFailure::OutOfMemory:
      return "out of memory";
    case PromotionFailure::NotMovable:
      return "type cannot be moved";
    case PromotionFailure::InternalError:
      break;
  }
  return "internal error";
}

void FailureBreakdown::add(PromotionFailure failure) noexcept {
  switch (failure) {
    case PromotionFailure::BudgetExceeded:
      ++budget_exceeded;
      return;
    case PromotionFailure::ScratchPoolNotFound:
      ++scratch_pool_not_found;
      return;
    case PromotionFailure::ScratchPoolFull:
      ++scratch_pool_full;
      return;
    case PromotionFailure::TooLarge:
      ++too_large;
      return;
    case PromotionFailure::OutOfMemory:
      ++out_of_memory;
      return;
    case PromotionFailure::NotMovable:
      ++not_movable;
      return;
    case PromotionFailure::None:
    case PromotionFailure::InternalError:
      break;
  }
  ++internal_error;
}

}  // namespace framealloc
