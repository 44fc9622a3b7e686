// SPDX-License-Identifier: MIT OR Apache-2.0
// Jolt's memory under a tag, and a stack for its steps. Headers only, against Jolt 5.1 or newer.
#pragma once

#include <Jolt/Jolt.h>

#include <Jolt/Core/Memory.h>
#include <Jolt/Core/TempAllocator.h>

#include <framealloc/align.hpp>
#include <framealloc/c_hooks/c_hooks.hpp>
#include <framealloc/jolt/contact_events.hpp>
#include <framealloc/scratch_pool.hpp>
#include <framealloc/smart_alloc.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>

namespace framealloc::jolt {

#ifndef JPH_DISABLE_CUSTOM_ALLOCATOR
// Jolt frees aligned blocks and others by two functions, neither with a size.
struct Hook : c_hooks::GlobalOrSystem<Hook> {
  static void* allocate(std::size_t size) { return GlobalOrSystem::malloc(size); }
  static void* reallocate(void* block, std::size_t, std::size_t size) {
    return GlobalOrSystem::realloc(block, size);
  }
  static void* allocate_aligned(std::size_t size, std::size_t alignment) {
    return GlobalOrSystem::aligned(size, static_cast<int>(alignment));
  }
  static void release(void* block) { GlobalOrSystem::free(block); }
};
#endif

/// Effect: Jolt allocates from `memory` from now on; call it in the place of
/// JPH::RegisterDefaultAllocator(). Blocks made before go to the Fallback of `memory`. Result: false,
/// and nothing changes, while another Memory is installed, or when Jolt was built with
/// JPH_DISABLE_CUSTOM_ALLOCATOR. Requirement: before the first object of Jolt; `memory` outlives the
/// last one. Jolt takes no null: a request that `memory` denies, which is reported and counted, is
/// served by the C library. Thread contract: one thread.
inline bool install_memory([[maybe_unused]] c_hooks::Memory& memory) noexcept {
#ifdef JPH_DISABLE_CUSTOM_ALLOCATOR
  return false;
#else
  if (!Hook::install(memory)) return false;
  JPH::Allocate = &Hook::allocate;
  JPH::Reallocate = &Hook::reallocate;
  JPH::Free = &Hook::release;
  JPH::AlignedAllocate = &Hook::allocate_aligned;
  JPH::AlignedFree = &Hook::release;
  return true;
#endif
}

/// What a TempAllocator has done.
struct TempAllocatorStats {
  std::uint64_t allocations = 0;
  std::uint64_t on_heap = 0;       ///< of these, from the heap, since the scratch pool was denied
  std::uint64_t on_system = 0;     ///< of these, from the C library, since the heap was denied too
  std::uint64_t out_of_order = 0;  ///< frees that were not of the newest block
  std::size_t live_blocks = 0;
};

/// The stack of one physics system, in a scratch pool: it grows where Jolt's own ends the program,
/// and a block that is freed out of order waits until those above it are gone. Thread contract: as
/// Jolt uses it, from any thread, one at a time.
class TempAllocator final : public JPH::TempAllocator {
 public:
  /// Effect: the pool is `alloc.scratch_pool(name, capacity)`, which no other code uses while this
  /// lives.
  explicit TempAllocator(const SmartAlloc& alloc, std::string_view name = "jolt",
                         std::size_t capacity = std::size_t{4} << 20)
      : alloc_(alloc), pool_(alloc_.scratch_pool(name, capacity)) {}
  TempAllocator(const TempAllocator&) = delete;
  TempAllocator& operator=(const TempAllocator&) = delete;
  /// Effect: frees what Jolt did not.
  ~TempAllocator() override {
    while (top_ != nullptr) pop();
  }

  void* Allocate(JPH::uint size) override {
    if (size == 0) return nullptr;
    const ScratchCheckpoint before = pool_.checkpoint();
    const std::size_t bytes = kHeader + size;
    Home home = Home::Scratch;
    void* memory = pool_.try_alloc_bytes(bytes, kAlignment);
    if (memory == nullptr) {
      home = Home::Heap;
      ++stats_.on_heap;
      memory = alloc_.heap_alloc_bytes(pool_.tag(), bytes, kAlignment);
    }
    if (memory == nullptr) {
      home = Home::System;
      ++stats_.on_system;
      memory = std::aligned_alloc(kAlignment, align_up(bytes, kAlignment));
      if (memory == nullptr) return nullptr;
    }
    top_ = ::new (memory) Header{before, top_, home, true};
    ++stats_.allocations;
    ++stats_.live_blocks;
    return static_cast<std::byte*>(memory) + kHeader;
  }

  void Free(void* address, JPH::uint) override {
    if (address == nullptr) return;
    void* const memory = static_cast<std::byte*>(address) - kHeader;
    auto* const header = static_cast<Header*>(memory);
    header->live = false;
    if (header != top_) ++stats_.out_of_order;
    while (top_ != nullptr && !top_->live) pop();
  }

  [[nodiscard]] const TempAllocatorStats& stats() const noexcept { return stats_; }

 private:
  enum class Home : std::uint8_t { Scratch, Heap, System };
  struct Header {
    ScratchCheckpoint before;
    Header* below;
    Home home;
    bool live;
  };
  static constexpr std::size_t kAlignment =
      JPH_RVECTOR_ALIGNMENT > kGranule ? JPH_RVECTOR_ALIGNMENT : kGranule;
  static constexpr std::size_t kHeader = align_up(sizeof(Header), kAlignment);

  void pop() noexcept {
    const Header was = *top_;
    void* const memory = top_;
    top_ = was.below;
    --stats_.live_blocks;
    switch (was.home) {
      case Home::Scratch:
        (void)pool_.rewind(was.before);
        break;
      case Home::Heap:
        alloc_.heap_free_bytes(memory);
        break;
      case Home::System:
        std::free(memory);
        break;
    }
  }

  SmartAlloc alloc_;
  ScratchPool& pool_;
  Header* top_ = nullptr;
  TempAllocatorStats stats_;
};

}  // namespace framealloc::jolt
