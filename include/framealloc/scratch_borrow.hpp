// SPDX-License-Identifier: MIT OR Apache-2.0
// A part of a scratch pool, for the length of one task.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/arena/scratch_members.hpp>
#include <framealloc/scratch_types.hpp>

#include <cstddef>

namespace framealloc {

/// What is allocated through it is freed when it ends, and so is all that its pool handed out
/// since. Borrows of one pool nest: only the newest allocates, and each ends before the one it
/// was made in. One that allocates or ends out of turn is reported (FA020); the memory of one that
/// ends too early stays until those made after it have ended, so none is reused under them.
/// (That only the innermost may allocate is the rule of temporary_allocator in foonathan/memory.)
///
/// Keeps its pool alive, also when that is removed from the registry; it hands out nothing more
/// then (FA401). Lives no longer than the allocator. Thread contract: that of its pool.
class FRAMEALLOC_API ScratchBorrow : public detail::ScratchMembers<ScratchBorrow> {
 public:
  ScratchBorrow() = default;
  ScratchBorrow(const ScratchBorrow&) = delete;
  ScratchBorrow& operator=(const ScratchBorrow&) = delete;
  ScratchBorrow(ScratchBorrow&& other) noexcept { take_over(other); }
  ScratchBorrow& operator=(ScratchBorrow&& other) noexcept {
    if (this != &other) {
      end();
      take_over(other);
    }
    return *this;
  }
  ~ScratchBorrow() { end(); }

  /// Effect: frees what was borrowed, running destructors owed, newest first; empty afterward.
  void end() noexcept;
  [[nodiscard]] explicit operator bool() const noexcept { return pool_ != nullptr; }
  [[nodiscard]] bool is_newest() const noexcept { return pool_ != nullptr && newer_ == nullptr; }
  /// Result: bytes allocated since it was made, those of borrows made inside it included.
  [[nodiscard]] std::size_t allocated() const noexcept;
  /// Result: bytes until the pool is full or grows.
  [[nodiscard]] std::size_t remaining() const noexcept;

 private:
  friend class ScratchPool;
  template <class Self>
  friend class detail::ScratchMembers;

  explicit ScratchBorrow(ScratchPool& pool) noexcept;
  void take_over(ScratchBorrow& other) noexcept;
  [[nodiscard]] ScratchPool* usable_pool(bool report) const noexcept;

  // The borrows of a pool are a list that they are themselves the links of.
  ScratchPool* pool_ = nullptr;
  ScratchBorrow* newer_ = nullptr;
  ScratchBorrow* older_ = nullptr;
  ScratchCheckpoint base_{};
};

}  // namespace framealloc
