// SPDX-License-Identifier: MIT OR Apache-2.0
// A scratch pool that stays for as long as a handle holds it.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/arena/scratch_members.hpp>
#include <framealloc/detail/base/exchange.hpp>
#include <framealloc/scratch_borrow.hpp>
#include <framealloc/scratch_types.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace framealloc {

class ScratchRegistry;

/// Copies share the pool. Once the pool has been removed from its registry the handle is detached:
/// it hands out nothing more and reports that (FA401), while what it handed out stays valid until
/// the last handle and the last borrow have gone. Lives no longer than the allocator.
/// Thread contract: an ordinary value; the pool itself serves one thread at a time.
class FRAMEALLOC_API ScratchPoolHandle : public detail::ScratchMembers<ScratchPoolHandle> {
 public:
  ScratchPoolHandle() = default;
  ScratchPoolHandle(const ScratchPoolHandle& other) noexcept;
  ScratchPoolHandle(ScratchPoolHandle&& other) noexcept
      : pool_(detail::exchange_value(other.pool_, nullptr)) {}
  ScratchPoolHandle& operator=(ScratchPoolHandle other) noexcept {
    detail::swap_values(pool_, other.pool_);
    return *this;
  }
  ~ScratchPoolHandle() { let_go(); }

  /// Effect: lets the pool go; empty afterward.
  void let_go() noexcept;
  /// Result: whether the handle has a pool, and that is in its registry.
  [[nodiscard]] bool is_attached() const noexcept;
  [[nodiscard]] explicit operator bool() const noexcept { return is_attached(); }
  /// Result: the pool; null when the handle is empty or detached. Valid while the handle lives.
  [[nodiscard]] ScratchPool* get() const noexcept FRAMEALLOC_LIFETIMEBOUND;

  /// As those of ScratchPool; false, or empty, on a detached handle (FA401).
  bool reset() noexcept;
  [[nodiscard]] ScratchCheckpoint checkpoint() const noexcept;
  bool rewind(const ScratchCheckpoint& to) noexcept;
  [[nodiscard]] ScratchBorrow borrow() noexcept;

  /// Still answered when detached; empty and 0 for an empty handle. Bytes.
  [[nodiscard]] std::string_view name() const noexcept FRAMEALLOC_LIFETIMEBOUND;
  [[nodiscard]] std::size_t allocated() const noexcept;
  [[nodiscard]] std::size_t remaining() const noexcept;
  [[nodiscard]] std::size_t capacity() const noexcept;
  [[nodiscard]] std::size_t high_water() const noexcept;

 private:
  friend class ScratchRegistry;
  template <class Self>
  friend class detail::ScratchMembers;

  // Takes over a reference.
  explicit ScratchPoolHandle(ScratchPool* pool) noexcept : pool_(pool) {}
  [[nodiscard]] ScratchPool* usable_pool(bool report) const noexcept;

  ScratchPool* pool_ = nullptr;
};

}  // namespace framealloc
