// SPDX-License-Identifier: MIT OR Apache-2.0
// The scratch pools of one allocator, by name.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/memory/shared_ledger.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/scratch_handle.hpp>
#include <framealloc/scratch_pool.hpp>
#include <framealloc/scratch_types.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace framealloc {

/// Thread contract: any thread. What is done with a pool follows the contract of ScratchPool: one
/// thread at a time; with_pool() sees to that.
class FRAMEALLOC_API ScratchRegistry {
 public:
  explicit ScratchRegistry(const detail::AllocatorContext& context) noexcept;
  /// Ends every pool, running the destructors owed. Requirement: no handle and no borrow is left.
  ~ScratchRegistry();
  ScratchRegistry(const ScratchRegistry&) = delete;
  ScratchRegistry& operator=(const ScratchRegistry&) = delete;

  /// Result: the pool of that name, made if there is none. Capacity (bytes) and policy are those of
  /// the call that made it. Empty when there is no memory for its records (FA012), or for an
  /// impossible capacity (FA011).
  [[nodiscard]] ScratchPoolHandle get_or_create(
      std::string_view name, std::size_t capacity = kDefaultScratchCapacity,
      ScratchPolicy policy = ScratchPolicy::Grow, CallSite site = CallSite::current(),
      detail::Denial* why = nullptr) noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// Result: the pool of that name; empty when there is none.
  [[nodiscard]] ScratchPoolHandle get(std::string_view name) noexcept FRAMEALLOC_LIFETIMEBOUND;
  /// As get_or_create(). Result: a reference that is valid until the pool is removed, and where
  /// get_or_create() is empty, to a pool that denies everything.
  [[nodiscard]] ScratchPool& pool(
      std::string_view name, std::size_t capacity = kDefaultScratchCapacity,
      ScratchPolicy policy = ScratchPolicy::Grow,
      CallSite site = CallSite::current()) noexcept FRAMEALLOC_LIFETIMEBOUND;
  [[nodiscard]] bool exists(std::string_view name) noexcept;

  /// Effect: ScratchPool::reset() of the pool. Result: false when there is none, or it refused.
  bool reset(std::string_view name) noexcept;
  /// Effect: the same for every pool. Result: how many were reset.
  std::size_t reset_all() noexcept;
  /// Effect: the name is free at once. The pool ends, running the destructors owed, when its last
  /// handle and borrow have gone, or here if there are none; until then what was allocated stays,
  /// and nothing more is handed out (FA401). Result: false when there is no such pool.
  bool remove(std::string_view name) noexcept;

  /// Effect: function(ScratchPool&) with the pool of that name, made if need be; other threads'
  /// with_pool() on it wait until then, nested ones of this thread do not. Result: what it returns.
  template <class F>
  decltype(auto) with_pool(std::string_view name, F&& function,
                           CallSite site = CallSite::current()) {
    return with_pool(name, kDefaultScratchCapacity, std::forward<F>(function), site);
  }
  template <class F>
  decltype(auto) with_pool(std::string_view name, std::size_t capacity, F&& function,
                           CallSite site = CallSite::current(), detail::Denial* why = nullptr) {
    const ScratchPoolHandle handle = get_or_create(name, capacity, ScratchPolicy::Grow, site, why);
    ScratchPool& pool = handle.pool_ == nullptr ? nothing_ : *handle.pool_;
    const Claim claim(pool);
    return std::forward<F>(function)(pool);
  }

  /// Result: one entry for each pool, oldest first.
  [[nodiscard]] std::vector<ScratchPoolStats> stats() const;
  /// Effect: ScratchPool::trim() of every pool. Result: bytes.
  std::size_t trim() noexcept;

  /// For the layers above, which sum over all ledgers.
  [[nodiscard]] detail::SharedLedger& ledger() noexcept { return ledger_; }

 private:
  friend class ScratchBorrow;
  friend class ScratchPool;
  friend class ScratchPoolHandle;

  class Claim {
   public:
    explicit Claim(ScratchPool& pool) noexcept : pool_(pool), claimed_(pool.claim()) {}
    ~Claim() {
      if (claimed_) pool_.unclaim();
    }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;

   private:
    ScratchPool& pool_;
    bool claimed_;
  };

  // Result: a reference taken, or null.
  [[nodiscard]] ScratchPool* find(std::string_view name) noexcept;
  [[nodiscard]] ScratchPool* find_or_make(std::string_view name, std::size_t capacity,
                                          ScratchPolicy policy, const CallSite& site,
                                          detail::Denial* why) noexcept;
  [[nodiscard]] ScratchPool* make(std::string_view name, std::size_t capacity, ScratchPolicy policy,
                                  const CallSite& site, detail::Denial* why) noexcept;
  [[nodiscard]] ScratchPool* listed(std::string_view name) const noexcept;
  // Result: the oldest attached pool that is younger than number `after`, a reference taken.
  [[nodiscard]] ScratchPool* next_after(std::uint64_t after) const noexcept;
  void let_go(ScratchPool& pool) const noexcept;
  void unlink(ScratchPool& pool) const noexcept;
  void destroy(ScratchPool& pool) const noexcept;

  detail::SharedLedger ledger_;
  mutable detail::SpinLock lock_;
  mutable ScratchPool* pools_ = nullptr;  // youngest first; removed ones too, until they end
  ScratchPool nothing_;
};

}  // namespace framealloc
