// SPDX-License-Identifier: MIT OR Apache-2.0
// One adaptor for every C library that lets a program choose its allocator: Memory is heap memory
// under a tag, and the functions below have the shapes that such libraries ask for.
#pragma once

#include <framealloc/align.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/figures.hpp>
#include <framealloc/smart_alloc.hpp>
#include <framealloc/text.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace framealloc::c_hooks {

/// What a Memory holds and has done. `blocks` is `allocations - frees`.
struct MemoryStats {
  std::size_t bytes = 0;          ///< in use, as the heap accounts them: rounded to the class
  std::size_t peak_bytes = 0;     ///< most bytes that an allocation has seen
  std::size_t blocks = 0;         ///< in use
  std::uint64_t allocations = 0;  ///< a reallocation that moves is one, and a free
  std::uint64_t frees = 0;
  std::uint64_t in_place = 0;  ///< reallocations after which the block was where it had been
  std::uint64_t denials = 0;   ///< requests that got null
  std::uint64_t foreign = 0;   ///< calls that went to the Fallback
};

/// Where blocks go that the library made before the hook was installed: the C library, as a rule.
struct Fallback {
  void* (*reallocate)(void*, std::size_t) = &std::realloc;
  void (*free)(void*) = &std::free;
};

/// Heap memory of one allocator under one tag, in the shapes that C libraries ask for. Nothing
/// throws; a request that is denied (a budget, a limit, a dry source) returns null and is reported
/// by the allocator. Thread contract: any thread, except that a block is resized or freed by one
/// thread at a time. Requirement: it outlives the library's use of it; blocks that are still in
/// use when it ends stay in the heap, and leak_report() names them.
class Memory {
 public:
  /// Effect: resolves `tag`, a path from the root ("game::lua"), once. The allocator lives at least
  /// as long as this object, which holds a handle to it.
  explicit Memory(const SmartAlloc& alloc, std::string_view tag, Fallback fallback = {});
  ~Memory();
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  /// Result: an uninitialized block; null when denied. 0 bytes get a distinct block. Failure: an
  /// `alignment` that is no power of two is reported (FA011).
  [[nodiscard]] void* allocate(std::size_t size, std::size_t alignment = kGranule) noexcept {
    return hand_out(size, alignment).block;
  }
  /// The same for a caller who wants to know what the heap accounts for the block, too.
  [[nodiscard]] NewHeapBlock hand_out(std::size_t size, std::size_t alignment = kGranule) noexcept;
  /// Result: `count * size` bytes, all 0; null when denied. A product that overflows is denied.
  [[nodiscard]] void* allocate_zeroed(std::size_t count, std::size_t size) noexcept;
  /// Effect: as realloc(), except that 0 bytes leave a block. In place where there is room, and
  /// always when shrinking, which never fails. Result: the block; null when denied, and then the
  /// old one stays as it was. A block that is not of this allocator is the Fallback's to resize.
  [[nodiscard]] void* reallocate(void* block, std::size_t size) noexcept;
  /// The same for a caller who knows how much was asked for last.
  [[nodiscard]] void* reallocate_sized(void* block, std::size_t old_size,
                                       std::size_t size) noexcept;
  /// Effect: frees a block of any size and alignment; null is nothing. A block that is not of this
  /// allocator goes to the Fallback.
  void free(void* block) noexcept {
    // Lua frees null about as often as blocks.
    if (block != nullptr && !try_free(block)) free_foreign(block);
  }
  /// The same, but a foreign block is left alone. Result: false for one.
  bool try_free(void* block) noexcept { return block == nullptr || take_back(block); }

  /// Result: bytes of the block that may be used, at least as many as were asked for; 0 for a
  /// foreign block.
  [[nodiscard]] std::size_t size_of(const void* block) const noexcept {
    return alloc_.heap_usable_size(block);
  }
  /// Result: whether only the bytes that were asked for may be used, fewer than are accounted, since
  /// a guard mode or verified frees watch the rest.
  [[nodiscard]] bool exact_sizes() const noexcept { return exact_sizes_; }
  /// Result: whether the block is of this allocator, by its address alone: nothing is read there.
  [[nodiscard]] bool owns(const void* block) const noexcept;
  /// Result: exact once the reader has synchronized with the threads that allocate and free.
  [[nodiscard]] MemoryStats stats() const noexcept;
  [[nodiscard]] std::string_view tag() const noexcept { return path_.view(); }  ///< the path
  [[nodiscard]] SmartAlloc& allocator() noexcept { return alloc_; }

 private:
  friend struct Homes;
  // One writer each is what makes counting cheap: the first thread that allocates owns a cell and
  // adds to it without an atomic read-modify-write; all others share the second one.
  struct Cell {
    std::atomic<std::int64_t> bytes{0};
    std::atomic<std::uint64_t> allocations{0};
    std::atomic<std::uint64_t> frees{0};
    std::atomic<std::uint64_t> in_place{0};
  };
  bool take_back(void* block) noexcept;
  // Result: which Memory of the allocator to take the block off: another one may have made it.
  [[nodiscard]] Memory& maker_of(const HeapBlock& block) noexcept;
  void count_in(std::size_t bytes) noexcept;
  // Of a block that is another Memory's or another thread's to count. Result: true.
  FRAMEALLOC_NOINLINE bool count_out_elsewhere(HeapBlock block) noexcept;
  // Of a thread that is not the owner, or becomes it now.
  FRAMEALLOC_NOINLINE void count_elsewhere(std::int64_t bytes,
                                           std::atomic<std::uint64_t> Cell::* calls) noexcept;
  void count_resize(std::size_t before, std::size_t after) noexcept;
  FRAMEALLOC_NOINLINE void note_peak(std::int64_t bytes) noexcept;
  [[nodiscard]] bool is_mine() noexcept;
  FRAMEALLOC_COLD NewHeapBlock deny() noexcept;
  void free_foreign(void* block) noexcept;
  [[nodiscard]] void* reallocate_foreign(void* block, std::size_t size) noexcept;

  // What the owner needs for a block lies in one line.
  alignas(64) SmartAlloc alloc_;
  Tag tag_ = Tag::Untagged;
  bool exact_sizes_ = false;  // somebody watches every byte: guard modes and verified frees
  std::atomic<std::uintptr_t> owner_{0};
  Cell own_;
  alignas(64) Cell shared_;
  std::atomic<std::int64_t> peak_{0};
  std::atomic<std::uint64_t> denials_{0};
  std::atomic<std::uint64_t> foreign_{0};
  Fallback fallback_;
  TagPath path_;
  Memory* next_ = nullptr;  // of the list of those that live
};

// --- Callbacks with a context pointer: pass the address of a Memory ------------------------------

/// zstd's customAlloc, and every `void* (*)(void* context, size_t)`.
void* malloc_with(void* memory, std::size_t size) noexcept;
/// zstd's customFree, zlib's free_func, and every `void (*)(void* context, void*)`.
void free_with(void* memory, void* block) noexcept;
/// Every `void* (*)(void* context, void*, size_t)`.
void* realloc_with(void* memory, void* block, std::size_t size) noexcept;
/// lua_Alloc. Uses the size that Lua passes; shrinking never fails, which Lua relies on.
void* lua_alloc(void* memory, void* block, std::size_t old_size, std::size_t new_size) noexcept;
/// zlib's alloc_func. A product that overflows is denied.
void* zlib_alloc(void* memory, unsigned count, unsigned size) noexcept;

// --- Callbacks without one -----------------------------------------------------------------------

// What the instances of Global have in common.
struct Homes {
  // A hook, which forgets its Memory when that ends.
  struct Hook {
    std::atomic<Memory*> memory{nullptr};
    std::atomic<bool> listed{false};
    Hook* next = nullptr;
  };
  static bool install(Hook& hook, Memory& memory) noexcept;
  // Of a block that is not of `memory`, which may be null: it goes to the Memory that owns it, to the
  // Fallback of `memory` where there is none, or to the C library.
  static void free(Memory* memory, void* block) noexcept;
  [[nodiscard]] static void* reallocate(Memory* memory, void* block, std::size_t size) noexcept;
  // Effect: frees the block if it is of any Memory that lives. Result: false, and it is left alone,
  // if it is of none.
  static bool try_free(void* block) noexcept;
  [[nodiscard]] static void* aligned_alloc(std::size_t size, int alignment) noexcept;
  // Result: the C library's; null for more than there can be.
  [[nodiscard]] static void* system_alloc(std::size_t size) noexcept;
  [[nodiscard]] static void* system_alloc_zeroed(std::size_t count, std::size_t size) noexcept;
  // Effect: moves a block whose reallocation was denied to memory of the C library. Result: null, and
  // the block stays, if that has none, or the block was the C library's.
  [[nodiscard]] static void* move_to_system(Memory* memory, void* block, std::size_t size) noexcept;
  [[nodiscard]] static std::size_t alignment_of(int alignment) noexcept;
  // Result: a Memory that lives, of that allocator and tag; null when there is none.
  [[nodiscard]] static Memory* maker_of(const SmartAlloc& alloc, Tag tag) noexcept;
  static void join(Memory& memory) noexcept;
  static void leave(Memory& memory) noexcept;

 private:
  [[nodiscard]] static Memory* home_of(const void* block) noexcept;
};

/// Functions with no context, for libraries whose hook takes none. `Slot` is any type of yours: each
/// slot is one hook, with one Memory at a time; without one its functions are the C library's.
/// Thread contract: install() and uninstall() while no other thread is in a function of the slot,
/// the rest as Memory.
template <class Slot>
struct Global {
  /// Result: true when `memory` is installed now; false, and nothing changes, while another one is.
  static bool install(Memory& memory) noexcept { return Homes::install(hook_, memory); }
  /// Effect: from now on memory comes from the C library; blocks still in use find their way home.
  /// Result: what was installed; null if nothing was.
  static Memory* uninstall() noexcept {
    return hook_.memory.exchange(nullptr, std::memory_order_acq_rel);
  }
  [[nodiscard]] static Memory* memory() noexcept {
    return hook_.memory.load(std::memory_order_acquire);
  }

  static void* malloc(std::size_t size) noexcept {
    Memory* const memory = Global::memory();
    return memory != nullptr ? memory->allocate(size) : std::malloc(size);
  }
  static void* calloc(std::size_t count, std::size_t size) noexcept {
    Memory* const memory = Global::memory();
    return memory != nullptr ? memory->allocate_zeroed(count, size) : std::calloc(count, size);
  }
  /// 0 bytes leave a block while a Memory is installed.
  static void* realloc(void* block, std::size_t size) noexcept {
    Memory* const memory = Global::memory();
    if (memory != nullptr && (block == nullptr || memory->owns(block))) {
      return memory->reallocate(block, size);
    }
    return Homes::reallocate(memory, block, size);
  }
  static void free(void* block) noexcept {
    Memory* const memory = Global::memory();
    if (memory != nullptr && memory->try_free(block)) return;
    Homes::free(memory, block);
  }
  /// Bullet and Box2D 3. An alignment that is no power of two, or less than 16, counts as 16.
  static void* aligned(std::size_t size, int alignment) noexcept {
    Memory* const memory = Global::memory();
    return memory != nullptr ? memory->allocate(size, Homes::alignment_of(alignment))
                             : Homes::aligned_alloc(size, alignment);
  }

 private:
  inline static Homes::Hook hook_;
};

/// Global for libraries that take no null, such as Jolt, flecs and Box2D: what the Memory denies, which
/// is reported and counted, comes from the C library. Requirement: the Fallback of the Memory is the
/// C library, which it is unless you name another.
template <class Slot>
struct GlobalOrSystem : Global<Slot> {
  static void* malloc(std::size_t size) noexcept {
    void* const block = Global<Slot>::malloc(size);
    return block != nullptr ? block : Homes::system_alloc(size);
  }
  static void* calloc(std::size_t count, std::size_t size) noexcept {
    void* const block = Global<Slot>::calloc(count, size);
    return block != nullptr ? block : Homes::system_alloc_zeroed(count, size);
  }
  static void* realloc(void* block, std::size_t size) noexcept {
    void* const moved = Global<Slot>::realloc(block, size);
    return moved != nullptr ? moved : Homes::move_to_system(Global<Slot>::memory(), block, size);
  }
  static void* aligned(std::size_t size, int alignment) noexcept {
    void* const block = Global<Slot>::aligned(size, alignment);
    return block != nullptr ? block : Homes::aligned_alloc(size, alignment);
  }
};

}  // namespace framealloc::c_hooks
