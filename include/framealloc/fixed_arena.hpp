// SPDX-License-Identifier: MIT OR Apache-2.0
// An arena of fixed capacity that lies inside an object or on the stack.
#pragma once

#include <framealloc/align.hpp>
#include <framealloc/call_site.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/report.hpp>

#include <cstddef>
#include <cstdint>

namespace framealloc {

/// The base of FixedArenas of all capacities: take one by reference where the capacity does not
/// matter. Bumps like a FrameArena, over its own memory: it needs no allocator and no source, and
/// never grows. Its memory is uninitialized and stays valid until reset() or the end of a scope; no
/// destructors run. Tags and budgets do not count it. Thread contract: one thread at a
/// time.
class FRAMEALLOC_API FixedArenaBase {
 public:
  FixedArenaBase(const FixedArenaBase&) = delete;
  FixedArenaBase& operator=(const FixedArenaBase&) = delete;

  /// Effect: one uninitialized T. Result: null when the arena is full (reported as FA003).
  template <class T>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* alloc(CallSite site = CallSite::current()) noexcept
      FRAMEALLOC_LIFETIMEBOUND {
    return static_cast<T*>(bump(align_up(sizeof(T), kGranule), alignof(T), site));
  }
  /// Effect: `count` uninitialized T in a row. A count whose size overflows is reported as FA011.
  template <class T>
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE T* alloc_batch(
      std::size_t count, CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    return static_cast<T*>(
        bump(align_up(saturating_bytes(count, sizeof(T)), kGranule), alignof(T), site));
  }
  /// Effect: `size` uninitialized bytes; zero are a valid request. `alignment` is a power of two;
  /// another is reported as FA011 at check level 1 and a broken requirement below it.
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* alloc_bytes(
      std::size_t size, std::size_t alignment = kGranule,
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND {
    if constexpr (kCheckLevel >= 1) {
      if (!is_power_of_two(alignment)) {
        return refuse(size, alignment, site.file, site.function, site.line);
      }
    }
    return bump(align_up(saturate(size), kGranule), alignment, site);
  }

  /// Effect: frees everything. Requirement: no scope is open.
  void reset() noexcept { cursor_ = begin_; }

  /// Frees at its end what was allocated since it was made. Scopes nest.
  class [[nodiscard]] Scope {
   public:
    explicit Scope(FixedArenaBase& arena) noexcept : arena_(arena), start_(arena.cursor_) {}
    ~Scope() {
      arena_.note_high_water();
      if (arena_.cursor_ > start_) arena_.cursor_ = start_;
    }
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    FixedArenaBase& arena_;
    std::uintptr_t start_;
  };
  [[nodiscard]] Scope scope() noexcept FRAMEALLOC_LIFETIMEBOUND { return Scope(*this); }

  /// All in bytes, rounding included.
  [[nodiscard]] std::size_t used() const noexcept { return cursor_ - begin_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return end_ - begin_; }
  [[nodiscard]] std::size_t remaining() const noexcept { return end_ - cursor_; }
  /// Result: the most that was used at one time, for choosing the capacity.
  [[nodiscard]] std::size_t high_water() const noexcept {
    return cursor_ - begin_ > high_water_ ? cursor_ - begin_ : high_water_;
  }
  [[nodiscard]] bool contains(const void* address) const noexcept {
    const auto at = reinterpret_cast<std::uintptr_t>(address);
    return at >= begin_ && at < end_;
  }
  /// Effect: sends reports of this arena to `handler`; null restores stderr.
  void set_report_handler(ReportHandler handler, void* context = nullptr) noexcept {
    handler_ = handler;
    context_ = context;
  }

 protected:
  FixedArenaBase(std::byte* memory, std::size_t bytes) noexcept
      : cursor_(reinterpret_cast<std::uintptr_t>(memory)), end_(cursor_ + bytes), begin_(cursor_) {}
  ~FixedArenaBase() = default;

 private:
  [[nodiscard]] FRAMEALLOC_ALWAYS_INLINE void* bump(std::size_t rounded, std::size_t alignment,
                                                    const CallSite& site) noexcept {
    std::uintptr_t start = cursor_;
    if (alignment > kGranule) start = (start + alignment - 1) & (0 - alignment);
    const std::uintptr_t end = start + rounded;
    if (end > end_) [[unlikely]]
      return refuse(rounded, alignment, site.file, site.function, site.line);
    cursor_ = end;
    return reinterpret_cast<void*>(start);
  }
  // The parts of a call site by value: an object would be built on the stack before the hot path.
  FRAMEALLOC_COLD void* refuse(std::size_t size, std::size_t alignment, const char* file,
                               const char* function, std::uint32_t line) noexcept;
  void note_high_water() noexcept { high_water_ = high_water(); }

  std::uintptr_t cursor_;
  std::uintptr_t end_;
  std::uintptr_t begin_;
  std::size_t high_water_ = 0;
  ReportHandler handler_ = nullptr;
  void* context_ = nullptr;
};

/// `Capacity` bytes, such as FixedArena<64_KiB>; blocks are aligned to 16, and as their type
/// requires. Do not make large ones local variables: a stack has 8 MiB, a worker's often less.
template <std::size_t Capacity>
class FixedArena final : public FixedArenaBase {
  static_assert(Capacity > 0 && Capacity <= kMaxRequest);

 public:
  FixedArena() noexcept : FixedArenaBase(memory_, sizeof(memory_)) {}
  explicit FixedArena(ReportHandler handler, void* context = nullptr) noexcept : FixedArena() {
    set_report_handler(handler, context);
  }

 private:
  // Left uninitialized, so making the arena touches none of its bytes.
  alignas(64) std::byte memory_[align_up(Capacity, kGranule)];
};

}  // namespace framealloc
