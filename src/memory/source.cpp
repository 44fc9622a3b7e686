// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/source.hpp>

#include <framealloc/align.hpp>
#include <framealloc/detail/os/memory_system.hpp>
#include "os/virtual_memory.hpp"

#include <new>

namespace framealloc {
namespace {

void raise_to(std::atomic<std::size_t>& peak, std::size_t value) noexcept {
  std::size_t seen = peak.load(std::memory_order_relaxed);
  while (seen < value && !peak.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

}  // namespace

bool MemorySource::discard(void*, std::size_t) noexcept { return false; }
bool MemorySource::protect(void*, std::size_t, bool) noexcept { return false; }

void* SystemSource::allocate(std::size_t bytes, std::size_t alignment) noexcept {
  if (bytes > kMaxRequest) return nullptr;
  const std::size_t size = align_up(bytes, os::page_size());
  const std::size_t huge = huge_pages_ ? os::huge_page_size() : 0;
  const bool use_huge = huge != 0 && size >= huge;
  void* const address = os::map(size, use_huge && alignment < huge ? huge : alignment);
  if (address == nullptr) return nullptr;
  // All are wishes: memory that did not get them is as usable as any other. Backing comes last.
  if (numa_node_ >= 0) {
    (void)os::prefer_node(address, size, static_cast<unsigned>(numa_node_));
  }
  if (use_huge) (void)os::advise_huge(address, size);
  if (prefault_) (void)os::prefault(address, size);
  return address;
}

void SystemSource::deallocate(void* address, std::size_t bytes, std::size_t) noexcept {
  os::unmap(address, align_up(bytes, os::page_size()));
}

bool SystemSource::discard(void* address, std::size_t bytes) noexcept {
  // Whole pages inside the range only: a neighbor may live in the rest of a page.
  std::byte* const first = align_up(static_cast<std::byte*>(address), os::page_size());
  const std::size_t skipped = static_cast<std::size_t>(first - static_cast<std::byte*>(address));
  const std::size_t size = skipped < bytes ? align_down(bytes - skipped, os::page_size()) : 0;
  return size != 0 && os::discard(first, size);
}

bool SystemSource::protect(void* address, std::size_t bytes, bool accessible) noexcept {
  return os::protect(address, bytes, accessible);
}

void* PmrSource::allocate(std::size_t bytes, std::size_t alignment) noexcept {
#if FRAMEALLOC_EXCEPTIONS
  try {
    return resource_->allocate(bytes, alignment);
  } catch (...) {
    return nullptr;
  }
#else
  return resource_->allocate(bytes, alignment);
#endif
}

void PmrSource::deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept {
  resource_->deallocate(address, bytes, alignment);
}

void* CountingSource::allocate(std::size_t bytes, std::size_t alignment) noexcept {
  requests_.fetch_add(1, std::memory_order_relaxed);
  void* const address = upstream_.allocate(bytes, alignment);
  if (address == nullptr) return nullptr;
  live_.fetch_add(1, std::memory_order_relaxed);
  raise_to(peak_, bytes_.fetch_add(bytes, std::memory_order_relaxed) + bytes);
  return address;
}

void CountingSource::deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept {
  // Counted down first: once the upstream has it back, another thread may get and count it again.
  live_.fetch_sub(1, std::memory_order_relaxed);
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  upstream_.deallocate(address, bytes, alignment);
}

bool CountingSource::discard(void* address, std::size_t bytes) noexcept {
  return upstream_.discard(address, bytes);
}

bool CountingSource::protect(void* address, std::size_t bytes, bool accessible) noexcept {
  return upstream_.protect(address, bytes, accessible);
}

void* FailingSource::allocate(std::size_t bytes, std::size_t alignment) noexcept {
  const std::uint64_t request = requests_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (request == fail_at_ || (sticky_ && request > fail_at_)) {
    failures_.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
  }
  return upstream_.allocate(bytes, alignment);
}

void FailingSource::deallocate(void* address, std::size_t bytes, std::size_t alignment) noexcept {
  upstream_.deallocate(address, bytes, alignment);
}

bool FailingSource::discard(void* address, std::size_t bytes) noexcept {
  return upstream_.discard(address, bytes);
}

bool FailingSource::protect(void* address, std::size_t bytes, bool accessible) noexcept {
  return upstream_.protect(address, bytes, accessible);
}

MemorySource& system_source() noexcept {
  // Never destroyed: allocators with static storage duration may outlive any static object here.
  alignas(SystemSource) static std::byte storage[sizeof(SystemSource)];
  static SystemSource* const source = ::new (storage) SystemSource();
  return *source;
}

}  // namespace framealloc
