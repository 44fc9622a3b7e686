// SPDX-License-Identifier: MIT OR Apache-2.0
// Budgets: limits that deny.
#pragma once

#include <framealloc/compiler.hpp>
#include <framealloc/detail/account/denial.hpp>
#include <framealloc/detail/account/reclaimer.hpp>
#include <framealloc/detail/sync/cache_line.hpp>
#include <framealloc/detail/sync/spin_lock.hpp>
#include <framealloc/figures.hpp>
#include <framealloc/ids.hpp>
#include <framealloc/text.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace framealloc {

enum class BudgetStatus : std::uint8_t { Ok, Warning /* above soft */, Exceeded /* at hard */ };

/// State of one budget. Bytes; a limit of 0 means none.
struct FRAMEALLOC_API TagBudget {
  std::string name;  ///< tag path
  std::size_t soft_limit = 0;
  std::size_t hard_limit = 0;
  std::size_t current_usage = 0;  ///< charged: held, plus what threads keep ready under the tag
  std::size_t peak_usage = 0;
  std::uint64_t denials = 0;
  [[nodiscard]] BudgetStatus status() const noexcept;
  [[nodiscard]] double usage_percent() const noexcept;  ///< of hard_limit; 0 without one
};

/// SoftLimitExceeded: a charge took the usage above the soft limit; raised again only after the
/// usage was back at or below it. HardLimitExceeded, GlobalLimitExceeded: a charge was denied;
/// raised at each denial. NewPeak: the peak has grown by at least an eighth since the last
/// NewPeak.
struct BudgetEvent {
  enum class Kind : std::uint8_t {
    SoftLimitExceeded,
    HardLimitExceeded,
    GlobalLimitExceeded,
    NewPeak
  };
  Kind kind;
  std::string_view tag;  ///< path, valid during the call; "" for untagged and for the global budget
  bool global = false;   ///< the event is of the global budget, not of a tag
  std::size_t current = 0;    ///< bytes charged; for NewPeak the peak
  std::size_t limit = 0;      ///< the limit of the event; for NewPeak the hard limit; 0 = none
  std::size_t requested = 0;  ///< bytes that were denied; 0 when none were
  /// For a denial: the part of `current` that other threads keep ready and were asked to return.
  std::size_t ready_elsewhere = 0;
};
/// Must not throw. Events that its own calls raise on the same thread are dropped, so a handler
/// cannot recurse.
using BudgetHandler = void (*)(const BudgetEvent& event, void* context);

namespace detail {

class CorruptionNote;
class TagTable;

// One limit, charged in portions. Lock-free. Aligned, because threads under different tags charge
// different budgets concurrently.
class alignas(kCacheLine) Budget {
 public:
  // Effect: charges as much of `want` as the hard limit leaves, if that is at least `need`.
  // A `want` below `need` counts as `need`.
  // Result: bytes charged, 0 when denied (and the denial is counted).
  [[nodiscard]] std::size_t charge(std::size_t need, std::size_t want) noexcept;
  // As charge(), but a denial is not counted: another budget may decide.
  [[nodiscard]] std::size_t take(std::size_t need, std::size_t want) noexcept;
  // Requirement: the bytes were charged. Result: how many of them were not, normally 0; if any,
  // the budget is at 0 then.
  std::size_t uncharge(std::size_t bytes) noexcept;
  void set_limits(std::size_t soft, std::size_t hard) noexcept;
  [[nodiscard]] std::size_t used() const noexcept {
    return used_.load(std::memory_order_relaxed) & kUsedMask;
  }
  // Result: the most ever charged; never below a value that used() has shown.
  [[nodiscard]] std::size_t peak() const noexcept { return peak_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t soft() const noexcept { return soft_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t hard() const noexcept { return hard_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t denials() const noexcept {
    return denials_.load(std::memory_order_relaxed);
  }
  void count_denial() noexcept { denials_.fetch_add(1, std::memory_order_relaxed); }
  // Result: bytes that charge() would still give; SIZE_MAX without a hard limit.
  [[nodiscard]] std::size_t remaining() const noexcept;
  // Effect: resets the denials, and the peak to what is charged now.
  void reset_statistics() noexcept;

  // Result: true for exactly one caller each time the usage has gone above the soft limit.
  [[nodiscard]] bool announce_soft() noexcept;
  // Result: true for exactly one caller each time the peak has grown by another eighth.
  [[nodiscard]] bool announce_peak() noexcept;

 private:
  // The flag "above soft, and announced" shares the word of the usage: one exchange changes both,
  // so no interleaving of a crossing and a return loses or doubles an announcement.
  static constexpr std::size_t kSoftAnnounced = ~(SIZE_MAX >> 1);
  static constexpr std::size_t kUsedMask = SIZE_MAX >> 1;
  void raise_peak(std::size_t used) noexcept;

  std::atomic<std::size_t> used_{0};
  std::atomic<std::size_t> hard_{0};
  std::atomic<std::size_t> soft_{0};
  std::atomic<std::size_t> peak_{0};
  std::atomic<std::size_t> announced_peak_{0};
  std::atomic<std::uint64_t> denials_{0};
};

// Inline, because every charge runs them for each budget of its chain.
inline std::size_t Budget::take(std::size_t need, std::size_t want) noexcept {
  want = std::max(need, want);
  std::size_t word = used_.load(std::memory_order_relaxed);
  for (;;) {
    const std::size_t used = word & kUsedMask;
    const std::size_t hard = this->hard();
    // Without a limit, the counter's own range is the limit, so no request can wrap it around.
    const std::size_t limit = hard != 0 ? std::min(hard, kUsedMask) : kUsedMask;
    const std::size_t grant = std::min(want, used < limit ? limit - used : 0);
    if (grant < need || grant == 0) return 0;
    if (used_.compare_exchange_weak(word, word + grant, std::memory_order_relaxed)) {
      raise_peak(used + grant);
      return grant;
    }
  }
}

inline std::size_t Budget::uncharge(std::size_t bytes) noexcept {
  std::size_t word = used_.load(std::memory_order_relaxed);
  std::size_t used = 0;
  std::size_t after = 0;
  do {
    used = word & kUsedMask;
    // If a caller's mistake wrapped the counter, the budget would deny forever.
    after = used - std::min(bytes, used);
    if (after > soft()) after |= word & kSoftAnnounced;
  } while (!used_.compare_exchange_weak(word, after, std::memory_order_relaxed));
  return bytes - std::min(bytes, used);
}

inline std::size_t Budget::remaining() const noexcept {
  const std::size_t hard = this->hard();
  const std::size_t used = this->used();
  if (hard == 0) return SIZE_MAX;
  return used < hard ? hard - used : 0;
}

inline void Budget::raise_peak(std::size_t used) noexcept {
  std::size_t peak = peak_.load(std::memory_order_relaxed);
  while (peak < used && !peak_.compare_exchange_weak(peak, used, std::memory_order_relaxed)) {
  }
}

}  // namespace detail

/// The budgets of one allocator: one per tag, which its sub-tags share, and a global one. Exists
/// when AllocConfig::enable_budgets is set. Every charge is made to the tag, its ancestors and the
/// global budget, to all or none. Thread contract: any thread; the handler is called with no lock
/// held and may call back into the manager and the allocator.
class FRAMEALLOC_API BudgetManager {
 public:
  explicit BudgetManager(detail::TagTable& tags) noexcept : tags_(tags) {}
  BudgetManager(const BudgetManager&) = delete;
  BudgetManager& operator=(const BudgetManager&) = delete;

  /// Effect: sets the limits of a tag path ("game::physics"), 0 = none, and makes the tag if new.
  /// "" sets those of untagged bytes. Bytes above a new limit stay; the next charge is denied.
  /// Quotas that threads keep ready are recalled: frame memory immediately, so the next request is
  /// checked; ready pool blocks immediately from the calling thread, from others when they next
  /// take a slow path. Result: false, with nothing set, when the table of tags is full. Requirement
  /// of this and the next: the caller holds no lock that a listener of events may take.
  bool register_tag_budget(std::string_view tag, std::size_t soft, std::size_t hard) noexcept;
  /// Effect: limits the sum of all charged bytes (frame, pool and heap); 0 = none.
  void set_global_budget(std::size_t soft, std::size_t hard) noexcept;
  /// Effect: replaces the handler; null = none. Another thread may still be calling the old one.
  void set_event_handler(BudgetHandler handler, void* context) noexcept;
  [[nodiscard]] std::size_t current_usage() const noexcept;
  [[nodiscard]] std::size_t global_limit() const noexcept;
  [[nodiscard]] TagBudget get_global_budget() const;  ///< name ""
  /// Result: empty when there is no such tag. A tag without limits still shows its charges.
  [[nodiscard]] std::optional<TagBudget> get_tag_budget(std::string_view tag) const;
  /// Result: every tag that has a limit or a charge, parents before children.
  [[nodiscard]] std::vector<TagBudget> get_all_tag_budgets() const;
  /// Effect: visits the global budget, then those that get_all_tag_budgets() lists. Allocates
  /// nothing; no lock is held during the calls.
  template <class F>
  void visit(F&& function) const {
    visit_all(detail::visitor_of<BudgetFigures>(function));
  }
  void reset_stats() noexcept;  ///< peaks and denials; limits and usage stay

  /// Internal to the library. Effect: `observer` is called as well, before the handler.
  /// Requirement: before other threads use the manager.
  void set_observer(BudgetHandler observer, void* context) noexcept {
    observer_ = observer;
    observer_context_ = context;
  }
  /// Effect: sets whether the observer's events have a listener; without one, warnings and peaks
  /// are not even checked. Any thread.
  void set_observed(bool on) noexcept { observed_.store(on, std::memory_order_relaxed); }
  /// Effect: calls `reclaimer` to make room before a charge is denied; null for none. Requirement:
  /// as for set_observer().
  void set_reclaimer(detail::Reclaimer* reclaimer) noexcept { reclaimer_ = reclaimer; }
  /// Internal to the library: limits and charges, for code that shows them in each frame without
  /// allocating. Any thread.
  [[nodiscard]] const detail::Budget& budget_of(TagId tag) const noexcept {
    return per_tag_[static_cast<std::size_t>(tag)];
  }
  [[nodiscard]] const detail::Budget& global_budget() const noexcept { return global_; }
  /// Internal to the library: what the allocators call on their slow paths.
  /// Effect: charges between `need` and `want` bytes to the tag, its ancestors and the global
  /// budget. Before a denial, it reclaims what is charged but not used and tries once more.
  /// Requirement: no lock is held. Result: bytes charged to each of them, 0 when one denies;
  /// `*denial` (may be null) then says which, the innermost if several would.
  [[nodiscard]] std::size_t charge(TagId tag, std::size_t need, std::size_t want,
                                   detail::Denial* denial) noexcept;
  /// As charge(), for a thread that keeps ready what it does not need yet. No other thread can take
  /// that back, so it gets a share of what is left, not all of it. Without `denial` the caller can
  /// do with less: a denial is then neither counted nor reported.
  [[nodiscard]] std::size_t charge_ahead(TagId tag, std::size_t need, std::size_t want,
                                         detail::Denial* denial) noexcept;
  void uncharge(TagId tag, std::size_t bytes) noexcept;
  /// Effect: if more is returned than was charged, that is recorded there.
  /// Requirement: before other threads use the manager.
  void set_corruption_note(detail::CorruptionNote* note) noexcept { corruption_ = note; }
  /// Result: bytes that charge() would still give to the tag; SIZE_MAX when nothing limits it.
  [[nodiscard]] std::size_t remaining(TagId tag) const noexcept;

 private:
  void visit_all(const detail::FigureVisitor<BudgetFigures>& visit) const;
  // Calls visit(budget, its tag, whether it is the global one) for the tag, its ancestors and the
  // global budget, until one returns false.
  template <class Visit>
  bool visit_chain(TagId tag, Visit&& visit) noexcept;
  [[nodiscard]] std::size_t charge_part(TagId tag, std::size_t need, std::size_t want,
                                        unsigned halvings, detail::Denial* denial,
                                        bool quiet) noexcept;
  [[nodiscard]] std::size_t try_charge(TagId tag, std::size_t need, std::size_t want,
                                       unsigned halvings, detail::Denial& denied) noexcept;
  void announce(TagId tag) noexcept;
  void recall_charges(bool whole, TagId tag, std::size_t hard) noexcept;
  FRAMEALLOC_COLD void note_excess(TagId tag, std::size_t bytes, std::size_t excess) noexcept;
  void emit(BudgetEvent::Kind kind, const detail::Denial& who, std::size_t current,
            std::size_t limit, std::size_t requested = 0) noexcept;

  detail::TagTable& tags_;
  detail::Budget global_{};
  detail::Budget per_tag_[detail::kMaxTags];
  // Handler and context change together, so they are copied out under a lock, which is released
  // before the call.
  std::atomic<bool> has_handler_{false};
  detail::SpinLock handler_lock_{};
  BudgetHandler handler_ = nullptr;
  void* handler_context_ = nullptr;
  BudgetHandler observer_ = nullptr;
  void* observer_context_ = nullptr;
  std::atomic<bool> observed_{false};
  detail::CorruptionNote* corruption_ = nullptr;
  detail::Reclaimer* reclaimer_ = nullptr;
};

}  // namespace framealloc
