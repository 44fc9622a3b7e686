// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/bullet/physics.hpp>

#include <LinearMath/btAlignedAllocator.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace framealloc::bullet {
namespace {

struct Slot {};
using Hook = c_hooks::Global<Slot>;

// Bullet's own aligned blocks have the address that malloc returned in front of them. Those that
// stand in for a denied request are made the same way, so one function frees whatever is not of the
// memory, blocks from before it was installed included. For the same reason Bullet keeps these
// functions once no memory is installed: blocks of the last one may still be in use.
void* stand_in(std::size_t size, std::size_t alignment) noexcept {
  constexpr std::size_t kFront = sizeof(void*);
  if (size > SIZE_MAX - kFront - alignment) return nullptr;
  void* const whole = std::malloc(size + kFront + alignment);
  if (whole == nullptr) return nullptr;
  const auto start = reinterpret_cast<std::uintptr_t>(whole) + kFront;
  auto* const block = reinterpret_cast<std::byte*>((start + alignment - 1) & ~(alignment - 1));
  std::memcpy(block - kFront, &whole, kFront);
  return block;
}

void* allocate(std::size_t size, int alignment) {
  const std::size_t wanted = alignment > 16 ? static_cast<std::size_t>(alignment) : 16;
  c_hooks::Memory* const memory = Hook::memory();
  void* const block = memory != nullptr ? memory->allocate(size, wanted) : nullptr;
  return block != nullptr ? block : stand_in(size, wanted);
}

void release(void* block) {
  if (block == nullptr) return;
  c_hooks::Memory* const memory = Hook::memory();
  if (memory != nullptr && memory->try_free(block)) return;
  if (c_hooks::Homes::try_free(block)) return;  // of one that was installed before
  void* whole = nullptr;
  std::memcpy(&whole, static_cast<std::byte*>(block) - sizeof(void*), sizeof(void*));
  std::free(whole);
}

}  // namespace

bool install_memory(c_hooks::Memory& memory) {
  if (!Hook::install(memory)) return false;
  btAlignedAllocSetCustomAligned(&allocate, &release);
  return true;
}

c_hooks::Memory* uninstall_memory() { return Hook::uninstall(); }

}  // namespace framealloc::bullet
