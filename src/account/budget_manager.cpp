// SPDX-License-Identifier: MIT OR Apache-2.0
#include <framealloc/budget.hpp>
#include <framealloc/compiler.hpp>
#include <framealloc/detail/account/tag_table.hpp>
#include <framealloc/detail/base/corruption_note.hpp>
#include <framealloc/detail/os/thread_record.hpp>

#include <algorithm>
#include <mutex>

namespace framealloc {
namespace {

// How often a chain of budgets is tried before the last bytes are left to the threads that race for
// them. From kModestFrom on, a try requests only what is needed, not what would be kept ready.
constexpr int kRounds = 16;
constexpr int kModestFrom = 4;
// Of what is left, charge_ahead() takes at most an eighth ahead of the need: so many halvings.
constexpr unsigned kHalvings = 3;
// Limits that a charge has room made under before it is denied.
constexpr int kMostHelp = 8;

constexpr std::size_t index_of(TagId tag) noexcept { return static_cast<std::size_t>(tag); }

// The handler calls that this thread is in, innermost first.
struct ActiveCall {
  const BudgetManager* manager;
  const ActiveCall* outer;
};
constexpr auto kHandlerChain = os::CallChain::BudgetHandlers;

bool is_being_handled(const BudgetManager* manager) noexcept {
  for (const auto* call = static_cast<const ActiveCall*>(os::innermost_call(kHandlerChain));
       call != nullptr; call = call->outer) {
    if (call->manager == manager) return true;
  }
  return false;
}

using detail::Denial;

Denial denial_of(TagId tag, bool whole, std::size_t available) noexcept {
  return Denial{whole ? Code::FA310 : Code::FA311, tag, available, 0, whole};
}

TagBudget describe(const detail::Budget& budget, std::string_view name) {
  TagBudget result;
  result.name = name;
  result.soft_limit = budget.soft();
  result.hard_limit = budget.hard();
  result.current_usage = budget.used();
  result.peak_usage = budget.peak();
  result.denials = budget.denials();
  return result;
}

}  // namespace

template <class Visit>
bool BudgetManager::visit_chain(TagId tag, Visit&& visit) noexcept {
  // The budget of Untagged counts only untagged bytes: as an ancestor of all, it would be a second
  // global limit.
  do {
    if (!visit(per_tag_[index_of(tag)], tag, false)) return false;
    tag = tags_.parent(tag);
  } while (tag != TagId::Untagged);
  return visit(global_, TagId::Untagged, true);
}

std::size_t BudgetManager::charge(TagId tag, std::size_t need, std::size_t want,
                                  Denial* denial) noexcept {
  return charge_part(tag, need, want, 0, denial, false);
}

std::size_t BudgetManager::charge_ahead(TagId tag, std::size_t need, std::size_t want,
                                        Denial* denial) noexcept {
  return charge_part(tag, need, want, kHalvings, denial, denial == nullptr);
}

std::size_t BudgetManager::charge_part(TagId tag, std::size_t need, std::size_t want,
                                       unsigned halvings, Denial* denial, bool quiet) noexcept {
  Denial denied;
  std::size_t grant = try_charge(tag, need, std::max(need, want), halvings, denied);
  // Once for each limit of the chain that may deny after another one has been helped.
  for (int help = 0; grant == 0 && need != 0 && reclaimer_ != nullptr && help < kMostHelp; ++help) {
    if (!reclaimer_->give_back_charges(denied.whole, denied.tag)) break;
    grant = try_charge(tag, need, need, 0, denied);
  }
  if (grant != 0) {
    announce(tag);
    return grant;
  }
  if (need == 0 || quiet) return 0;
  detail::Budget& culprit = denied.whole ? global_ : per_tag_[index_of(denied.tag)];
  culprit.count_denial();
  if (reclaimer_ != nullptr) {
    denied.ready_elsewhere = reclaimer_->ready_elsewhere(denied.whole, denied.tag);
  }
  if (denial != nullptr) *denial = denied;
  emit(denied.whole ? BudgetEvent::Kind::GlobalLimitExceeded : BudgetEvent::Kind::HardLimitExceeded,
       denied, culprit.used(), culprit.hard(), need);
  return 0;
}

// Of what a limit leaves, halved so often, no more than that beyond the need.
std::size_t BudgetManager::try_charge(TagId tag, std::size_t need, std::size_t want,
                                      unsigned halvings, Denial& denied) noexcept {
  for (int round = 0; round < kRounds; ++round) {
    // Check first, so a portion that an outer limit cannot give is not taken from the inner ones,
    // even for a moment.
    std::size_t portion = round < kModestFrom ? want : need;
    const bool possible = visit_chain(tag, [&](detail::Budget& budget, TagId of, bool global) {
      const std::size_t room = budget.remaining();
      portion = std::min(portion, std::max(need, room >> halvings));
      if (room >= need) return true;
      denied = denial_of(of, global, room);
      return false;
    });
    if (!possible || portion == 0) return 0;

    std::size_t charged = 0;
    const bool complete = visit_chain(tag, [&](detail::Budget& budget, TagId of, bool global) {
      if (budget.take(portion, portion) != 0) {
        ++charged;
        return true;
      }
      denied = denial_of(of, global, budget.remaining());
      return false;
    });
    if (complete) return portion;
    // Another thread was faster at one of them: return the charges and check again.
    visit_chain(tag, [&](detail::Budget& budget, TagId, bool) {
      if (charged == 0) return false;
      (void)budget.uncharge(portion);
      --charged;
      return true;
    });
  }
  return 0;
}

void BudgetManager::uncharge(TagId tag, std::size_t bytes) noexcept {
  if (bytes == 0) return;
  std::size_t excess = 0;
  visit_chain(tag, [&](detail::Budget& budget, TagId, bool) {
    excess = std::max(excess, budget.uncharge(bytes));
    return true;
  });
  if (excess != 0) [[unlikely]]
    note_excess(tag, bytes, excess);
}

void BudgetManager::note_excess(TagId tag, std::size_t bytes, std::size_t excess) noexcept {
  if (corruption_ == nullptr) return;
  Text<256> message("a budget got back ");
  message.append(bytes).append(" B, ").append(excess);
  message.append(
      " B of them never charged; expected at most what is charged: it counts from 0 now");
  corruption_->note(message, nullptr, tag);
}

std::size_t BudgetManager::remaining(TagId tag) const noexcept {
  std::size_t least = global_.remaining();
  do {
    least = std::min(least, per_tag_[index_of(tag)].remaining());
    tag = tags_.parent(tag);
  } while (tag != TagId::Untagged);
  return least;
}

void BudgetManager::announce(TagId tag) noexcept {
  const bool heard =
      has_handler_.load(std::memory_order_relaxed) || observed_.load(std::memory_order_relaxed);
  if (!heard || is_being_handled(this)) return;
  visit_chain(tag, [this](detail::Budget& budget, TagId of, bool global) {
    const Denial who = denial_of(of, global, 0);
    if (budget.announce_soft()) {
      emit(BudgetEvent::Kind::SoftLimitExceeded, who, budget.used(), budget.soft());
    }
    if (budget.announce_peak()) {
      emit(BudgetEvent::Kind::NewPeak, who, budget.peak(), budget.hard());
    }
    return true;
  });
}

void BudgetManager::emit(BudgetEvent::Kind kind, const Denial& who, std::size_t current,
                         std::size_t limit, std::size_t requested) noexcept {
  if (is_being_handled(this)) return;
  BudgetHandler handler = nullptr;
  void* context = nullptr;
  if (has_handler_.load(std::memory_order_relaxed)) {
    const std::lock_guard lock(handler_lock_);
    handler = handler_;
    context = handler_context_;
  }
  if (handler == nullptr && observer_ == nullptr) return;
  const TagPath path = tags_.path(who.tag);
  const BudgetEvent event{kind,  path.view(), who.whole,          current,
                          limit, requested,   who.ready_elsewhere};
  const ActiveCall call{this, static_cast<const ActiveCall*>(os::innermost_call(kHandlerChain))};
  os::set_innermost_call(kHandlerChain, &call);
  if (observer_ != nullptr) observer_(event, observer_context_);
  if (handler != nullptr) handler(event, context);
  os::set_innermost_call(kHandlerChain, call.outer);
}

bool BudgetManager::register_tag_budget(std::string_view tag, std::size_t soft,
                                        std::size_t hard) noexcept {
  // A table that is full must not turn the limit of one tag into the limit of its parent.
  const std::optional<TagId> id = tags_.try_intern(TagId::Untagged, tag);
  if (!id) return false;
  per_tag_[index_of(*id)].set_limits(soft, hard);
  recall_charges(false, *id, hard);
  return true;
}

void BudgetManager::set_global_budget(std::size_t soft, std::size_t hard) noexcept {
  global_.set_limits(soft, hard);
  recall_charges(true, TagId::Untagged, hard);
}

// What threads have charged ahead was granted under the old limit: if they kept it, they could pass
// the new limit without a check.
void BudgetManager::recall_charges(bool whole, TagId tag, std::size_t hard) noexcept {
  if (hard != 0 && reclaimer_ != nullptr) reclaimer_->recall_charges(whole, tag);
}

void BudgetManager::set_event_handler(BudgetHandler handler, void* context) noexcept {
  const std::lock_guard lock(handler_lock_);
  handler_ = handler;
  handler_context_ = context;
  has_handler_.store(handler != nullptr, std::memory_order_relaxed);
}

std::size_t BudgetManager::current_usage() const noexcept { return global_.used(); }

std::size_t BudgetManager::global_limit() const noexcept { return global_.hard(); }

TagBudget BudgetManager::get_global_budget() const { return describe(global_, {}); }

std::optional<TagBudget> BudgetManager::get_tag_budget(std::string_view tag) const {
  const std::optional<TagId> id = tags_.find(tag);
  if (!id) return std::nullopt;
  return describe(per_tag_[index_of(*id)], tags_.path(*id));
}

std::vector<TagBudget> BudgetManager::get_all_tag_budgets() const {
  std::vector<TagBudget> result;
  const std::size_t count = tags_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const detail::Budget& budget = per_tag_[i];
    if (budget.hard() == 0 && budget.soft() == 0 && budget.used() == 0) continue;
    result.push_back(describe(budget, tags_.path(TagId{static_cast<std::uint16_t>(i)})));
  }
  return result;
}

void BudgetManager::visit_all(const detail::FigureVisitor<BudgetFigures>& visit) const {
  const auto show = [&visit](const detail::Budget& budget, TagId id, std::string_view tag,
                             bool global) {
    BudgetFigures figures;
    figures.id = id;
    figures.global = global;
    figures.tag = tag;
    figures.soft_limit = budget.soft();
    figures.hard_limit = budget.hard();
    figures.current_usage = budget.used();
    figures.peak_usage = budget.peak();
    figures.denials = budget.denials();
    visit(figures);
  };
  show(global_, TagId::Untagged, "", true);
  const std::size_t count = tags_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const detail::Budget& budget = per_tag_[i];
    if (budget.hard() == 0 && budget.soft() == 0 && budget.used() == 0) continue;
    show(budget, detail::tag_at(i), tags_.path(detail::tag_at(i)), false);
  }
}

void BudgetManager::reset_stats() noexcept {
  global_.reset_statistics();
  const std::size_t count = tags_.size();
  for (std::size_t i = 0; i < count; ++i) per_tag_[i].reset_statistics();
}

}  // namespace framealloc
