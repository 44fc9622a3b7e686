// SPDX-License-Identifier: MIT OR Apache-2.0
// Address space and pages: what the system gives and takes. One source file per platform in
// src/os/.
#pragma once

#include <cstddef>

namespace framealloc::os {

// Sizes in bytes; constant while the process runs.
[[nodiscard]] std::size_t page_size() noexcept;
[[nodiscard]] std::size_t huge_page_size() noexcept;  // 0 when the system offers none

// Effect: maps `size` bytes, readable and writable, zero-filled, not yet backed by memory.
// Requirement: `size` a multiple of page_size(), `alignment` a power of two.
// Result: the address, aligned; null when the system refuses. Thread contract: any thread.
[[nodiscard]] void* map(std::size_t size, std::size_t alignment) noexcept;
// Effect: gives the range back. Requirement: exactly what map() returned, with its size.
void unmap(void* address, std::size_t size) noexcept;

// The four below require whole pages of one mapping and answer false otherwise.
// Thread contract: any thread, while no other uses the range.

// Effect: the pages read as zero afterward and their memory is given back; the range stays usable.
bool discard(void* address, std::size_t size) noexcept;
// Effect: forbids (or allows again) every access; an access then faults.
bool protect(void* address, std::size_t size, bool accessible) noexcept;
// Effect: asks for huge pages. Result: false when the system has none.
bool advise_huge(void* address, std::size_t size) noexcept;
// Effect: backs every page with memory now, so that first touches do not fault.
bool prefault(void* address, std::size_t size) noexcept;

}  // namespace framealloc::os
