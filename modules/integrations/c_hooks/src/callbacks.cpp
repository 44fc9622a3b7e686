// SPDX-License-Identifier: MIT OR Apache-2.0
// The shapes that C libraries ask for, and what finds the home of a block for those that pass no
// context.
#include <framealloc/c_hooks/c_hooks.hpp>

#include <framealloc/align.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace framealloc::c_hooks {
namespace {

[[nodiscard]] Memory& memory_of(void* context) noexcept { return *static_cast<Memory*>(context); }

// All that live, and all hooks that were ever used. Both are walked on rare paths only.
std::mutex lists_lock;
Memory* memories = nullptr;
Homes::Hook* hooks = nullptr;

}  // namespace

void* malloc_with(void* memory, std::size_t size) noexcept {
  return memory_of(memory).allocate(size);
}

void free_with(void* memory, void* block) noexcept { memory_of(memory).free(block); }

void* realloc_with(void* memory, void* block, std::size_t size) noexcept {
  return memory_of(memory).reallocate(block, size);
}

void* lua_alloc(void* memory, void* block, std::size_t old_size, std::size_t new_size) noexcept {
  Memory& to = memory_of(memory);
  if (new_size == 0) {
    to.free(block);
    return nullptr;
  }
  // For a new object the old size is the type of it.
  if (block == nullptr) return to.allocate(new_size);
  return to.reallocate_sized(block, old_size, new_size);
}

void* zlib_alloc(void* memory, unsigned count, unsigned size) noexcept {
  return memory_of(memory).allocate(saturating_bytes(count, size));
}

bool Homes::install(Hook& hook, Memory& memory) noexcept {
  {
    const std::lock_guard guard(lists_lock);
    if (!hook.listed.load(std::memory_order_relaxed)) {
      hook.next = hooks;
      hooks = &hook;
      hook.listed.store(true, std::memory_order_relaxed);
    }
  }
  Memory* installed = nullptr;
  return hook.memory.compare_exchange_strong(installed, &memory, std::memory_order_acq_rel) ||
         installed == &memory;
}

void Homes::join(Memory& memory) noexcept {
  const std::lock_guard guard(lists_lock);
  memory.next_ = memories;
  memories = &memory;
}

void Homes::leave(Memory& memory) noexcept {
  const std::lock_guard guard(lists_lock);
  for (Memory** link = &memories; *link != nullptr; link = &(*link)->next_) {
    if (*link != &memory) continue;
    *link = memory.next_;
    break;
  }
  for (Hook* hook = hooks; hook != nullptr; hook = hook->next) {
    Memory* installed = &memory;
    hook->memory.compare_exchange_strong(installed, nullptr, std::memory_order_acq_rel);
  }
}

Memory* Homes::home_of(const void* block) noexcept {
  const std::lock_guard guard(lists_lock);
  for (Memory* memory = memories; memory != nullptr; memory = memory->next_) {
    if (memory->owns(block)) return memory;
  }
  return nullptr;
}

Memory* Homes::maker_of(const SmartAlloc& alloc, Tag tag) noexcept {
  const std::lock_guard guard(lists_lock);
  for (Memory* memory = memories; memory != nullptr; memory = memory->next_) {
    if (memory->tag_ == tag && memory->alloc_ == alloc) return memory;
  }
  return nullptr;
}

void Homes::free(Memory* memory, void* block) noexcept {
  if (block == nullptr) return;
  if (Memory* const home = home_of(block)) return home->free(block);
  if (memory != nullptr) return memory->free_foreign(block);
  std::free(block);
}

bool Homes::try_free(void* block) noexcept {
  Memory* const home = home_of(block);
  return home != nullptr && home->try_free(block);
}

void* Homes::reallocate(Memory* memory, void* block, std::size_t size) noexcept {
  if (block != nullptr) {
    if (Memory* const home = home_of(block)) return home->reallocate(block, size);
    if (memory != nullptr) return memory->reallocate_foreign(block, size);
  }
  return std::realloc(block, size);
}

void* Homes::system_alloc(std::size_t size) noexcept {
  return size <= PTRDIFF_MAX ? std::malloc(size) : nullptr;
}

void* Homes::system_alloc_zeroed(std::size_t count, std::size_t size) noexcept {
  return saturating_bytes(count, size) <= kMaxRequest ? std::calloc(count, size) : nullptr;
}

void* Homes::move_to_system(Memory* memory, void* block, std::size_t size) noexcept {
  if (block == nullptr) return system_alloc(size);
  Memory* const home = memory != nullptr && memory->owns(block) ? memory : home_of(block);
  if (home == nullptr) return nullptr;
  void* const moved = system_alloc(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, std::min(home->size_of(block), size));
  home->free(block);
  return moved;
}

std::size_t Homes::alignment_of(int alignment) noexcept {
  const std::size_t wanted = alignment > 0 ? static_cast<std::size_t>(alignment) : 0;
  return is_power_of_two(wanted) ? std::max(wanted, kGranule) : kGranule;
}

void* Homes::aligned_alloc(std::size_t size, int alignment) noexcept {
  const std::size_t to = alignment_of(alignment);
  if (size > SIZE_MAX - to) return nullptr;
  return std::aligned_alloc(to, align_up(std::max<std::size_t>(size, 1), to));
}

}  // namespace framealloc::c_hooks
