// SPDX-License-Identifier: MIT OR Apache-2.0
#include "lsp/run_figures.hpp"

#include "lsp/figures.hpp"

#include <algorithm>
#include <utility>

namespace fa_check::lsp {

namespace {

constexpr std::size_t kShown = 8;
// With thousands of tags, as many snapshots are kept as have room, and those that a sparkline shows.
constexpr std::size_t kMostRows = 200'000;

}  // namespace

bool belongs_to(std::string_view path, std::string_view tag) {
  if (tag.empty()) return path.empty();
  for (std::size_t at = path.find(tag); at != path.npos; at = path.find(tag, at + 1)) {
    const bool begins = at == 0 || (at >= 2 && path.substr(at - 2, 2) == "::");
    const std::string_view rest = path.substr(at + tag.size());
    if (begins && (rest.empty() || rest.starts_with("::"))) return true;
  }
  return false;
}

void RunFigures::add(TagFigures figures) {
  if (!kept_.empty() &&
      (kept_.back().process != figures.process || figures.frame < kept_.back().frame)) {
    clear();
  }
  std::map<std::string, Level> levels;
  for (const TagFigures::Budget& budget : figures.budgets) {
    if (budget.limit == 0) continue;
    const auto before = levels_.find(budget.path);
    // Between frames the budget of frame memory is empty: its peak says how full it was.
    const bool grew = before == levels_.end() || budget.peak > before->second.peak;
    levels[budget.path] = {budget.peak, grew ? std::max(budget.peak, budget.used) : budget.used,
                           budget.limit};
  }
  levels_ = std::move(levels);
  // Written again: the newer one counts.
  if (!kept_.empty() && kept_.back().frame == figures.frame) {
    rows_ -= kept_.back().tags.size();
    kept_.pop_back();
    --taken_;
    series_.clear();
  }
  rows_ += figures.tags.size();
  kept_.push_back(std::move(figures));
  ++taken_;
  while (kept_.size() > kMostSnapshots || (rows_ > kMostRows && kept_.size() > kShown)) {
    rows_ -= kept_.front().tags.size();
    kept_.pop_front();
  }
}

RunFigures::Sums RunFigures::sums_of(const TagFigures& figures,
                                     const std::vector<std::string>& tags) {
  Sums sums;
  for (const TagFigures::Tag& each : figures.tags) {
    const bool counts = std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
      return belongs_to(each.path, tag);
    });
    if (!counts) continue;
    sums.transient = saturated_sum(sums.transient, each.transient);
    sums.held = saturated_sum(sums.held, each.held);
  }
  return sums;
}

std::optional<std::string> RunFigures::lens(const std::vector<std::string>& tags) {
  if (kept_.empty() || tags.empty()) return std::nullopt;
  std::string key;
  for (const std::string& tag : tags) key += tag + '\n';
  Series& series = series_[key];
  const std::uint64_t first = taken_ - kept_.size();
  for (series.next = std::max(series.next, first); series.next < taken_; ++series.next) {
    series.newest = sums_of(kept_[static_cast<std::size_t>(series.next - first)], tags);
    const std::uint64_t all = saturated_sum(series.newest.transient, series.newest.held);
    series.peak = std::max(series.peak, all);
    series.shown.push_back(all);
    if (series.shown.size() > kShown) series.shown.erase(series.shown.begin());
  }
  const auto [transient, held] = series.newest;
  std::string text =
      tags.size() == 1 ? label_text(tags.front()) : std::to_string(tags.size()) + " tags";
  text += ": ";
  if (transient != 0 || held == 0) text += bytes_text(transient) + " this frame";
  if (transient != 0 && held != 0) text += " + ";
  if (held != 0) text += bytes_text(held) + " held";
  text += " \u00b7 peak " + bytes_text(series.peak);
  const auto level = tags.size() == 1 ? levels_.find(tags.front()) : levels_.end();
  if (level != levels_.end()) {
    const auto [peak, at, limit] = level->second;
    text += " \u00b7 " +
            std::to_string(static_cast<std::uint64_t>(static_cast<double>(at) * 100 /
                                                      static_cast<double>(limit))) +
            " % of " + bytes_text(limit);
  }
  return text + " " + trend(series.shown) + " " + sparkline(series.shown);
}

}  // namespace fa_check::lsp
