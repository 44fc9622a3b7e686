// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/pool_ref.hpp>

#include <framealloc/detail/thread/entry.hpp>

namespace framealloc {

void* PoolRef::slow(std::size_t bytes, const char* file, const char* function,
                    std::uint32_t line) const noexcept {
  if (instance_ == nullptr) return nullptr;
  return detail::pool_allocate(*instance_, bytes, kGranule,
                               CallSite{file, function, line, nullptr});
}

void PoolRef::free_slow(void* block, std::size_t bytes) const noexcept {
  if (instance_ != nullptr) detail::pool_free(*instance_, block, bytes, kGranule, CallSite{});
}

SmartAlloc PoolRef::allocator() const noexcept {
  SmartAlloc handle(instance_, nullptr);
  handle.share();
  return handle;
}

}  // namespace framealloc
