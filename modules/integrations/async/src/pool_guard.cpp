// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/async/pool_guard.hpp>

namespace framealloc::async::detail {

GuardState* GuardState::create(const SmartAlloc& alloc) noexcept {
  SmartAlloc handle = alloc;
  constexpr CallSite kSite = CallSite::of_function("AsyncPoolGuard");
  void* const block = handle.pool_alloc_bytes(sizeof(GuardState), alignof(GuardState), kSite);
  return block == nullptr ? nullptr : ::new (block) GuardState(alloc);
}

void GuardState::let_go() noexcept {
  if (owners_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  SmartAlloc alloc = memory.allocator();
  this->~GuardState();
  alloc.pool_free_bytes(this, sizeof(GuardState), alignof(GuardState));
}

}  // namespace framealloc::async::detail
