// SPDX-License-Identifier: MIT OR Apache-2.0
#include "os/virtual_memory.hpp"

#include <framealloc/align.hpp>

#include "kernel_text.hpp"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

namespace framealloc::os {
namespace {

// Value of MADV_POPULATE_WRITE (Linux 5.14), which older C library headers do not name.
constexpr int kPopulateWrite = 23;

// Lowest address of the latest aligned mapping. The kernel fills its mapping area downwards, so
// the room just below is most likely free, and a mapping placed there is aligned with one call.
constinit std::atomic<std::uintptr_t> latest_mapping{0};

[[nodiscard]] std::uintptr_t address_of(const void* p) noexcept {
  return reinterpret_cast<std::uintptr_t>(p);
}

[[nodiscard]] std::byte* map_anywhere(std::uintptr_t hint, std::size_t size) noexcept {
  void* const p = mmap(reinterpret_cast<void*>(hint), size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  return p == MAP_FAILED ? nullptr : static_cast<std::byte*>(p);
}

// Maps with room to spare and gives back what stands over on both sides.
[[nodiscard]] std::byte* map_and_trim(std::size_t size, std::size_t alignment) noexcept {
  const std::size_t total = size + alignment - page_size();
  if (total < size) return nullptr;
  std::byte* const start = map_anywhere(0, total);
  if (start == nullptr) return nullptr;
  std::byte* const aligned = align_up(start, alignment);
  const std::size_t before = static_cast<std::size_t>(aligned - start);
  const std::size_t after = total - before - size;
  if (before != 0) munmap(start, before);
  if (after != 0) munmap(aligned + size, after);
  return aligned;
}

[[nodiscard]] std::size_t read_huge_page_size() noexcept {
  const KernelText enabled("/sys/kernel/mm/transparent_hugepage/enabled");
  if (enabled.view().empty() || enabled.view().find("[never]") != std::string_view::npos) return 0;
  const KernelText text("/sys/kernel/mm/transparent_hugepage/hpage_pmd_size");
  std::size_t size = 0;
  for (const char c : text.view()) {
    if (c < '0' || c > '9') break;
    size = size * 10 + static_cast<std::size_t>(c - '0');
  }
  return is_power_of_two(size) ? size : 0;
}

[[nodiscard]] bool whole_pages(const void* address, std::size_t size) noexcept {
  return is_aligned(address, page_size()) && (size & (page_size() - 1)) == 0;
}

}  // namespace

std::size_t page_size() noexcept {
  static const std::size_t size = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return size;
}

std::size_t huge_page_size() noexcept {
  static const std::size_t size = read_huge_page_size();
  return size;
}

void* map(std::size_t size, std::size_t alignment) noexcept {
  if (size == 0 || size > kMaxRequest || alignment > kMaxRequest) return nullptr;
  if (alignment <= page_size()) return map_anywhere(0, size);

  const std::uintptr_t latest = latest_mapping.load(std::memory_order_relaxed);
  const std::uintptr_t hint = latest > size ? align_down(latest - size, alignment) : 0;
  std::byte* p = map_anywhere(hint, size);
  if (p == nullptr) return nullptr;
  if (!is_aligned(p, alignment)) {
    munmap(p, size);
    p = map_and_trim(size, alignment);
    if (p == nullptr) return nullptr;
  }
  latest_mapping.store(address_of(p), std::memory_order_relaxed);
  return p;
}

void unmap(void* address, std::size_t size) noexcept {
  if (address != nullptr) munmap(address, size);
}

bool discard(void* address, std::size_t size) noexcept {
  return whole_pages(address, size) && madvise(address, size, MADV_DONTNEED) == 0;
}

bool protect(void* address, std::size_t size, bool accessible) noexcept {
  return whole_pages(address, size) &&
         mprotect(address, size, accessible ? PROT_READ | PROT_WRITE : PROT_NONE) == 0;
}

bool advise_huge(void* address, std::size_t size) noexcept {
  return huge_page_size() != 0 && whole_pages(address, size) &&
         madvise(address, size, MADV_HUGEPAGE) == 0;
}

bool prefault(void* address, std::size_t size) noexcept {
  if (!whole_pages(address, size)) return false;
  if (madvise(address, size, kPopulateWrite) == 0) return true;
  if (errno != EINVAL) return false;
  // A kernel without the request: write each page once, with what it holds.
  volatile std::byte* const bytes = static_cast<std::byte*>(address);
  for (std::size_t offset = 0; offset < size; offset += page_size()) {
    const std::byte kept = bytes[offset];
    bytes[offset] = kept;
  }
  return true;
}

}  // namespace framealloc::os
