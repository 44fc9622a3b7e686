// SPDX-License-Identifier: MIT OR Apache-2.0
// FA302: tags have budgets, and what grows under this one has none.
#include "checks/findings.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace fa_check {
namespace {

struct Tagged {
  SiteId made = 0;
  SiteId innermost = 0;
  std::vector<SiteId> tags;
};

const clang::CallExpr* call_at(const CheckInput& input, SiteId site) {
  return llvm::dyn_cast<clang::CallExpr>(input.places.expression(site));
}

// Whether the container goes on when the tag does not.
bool outlives(const CheckInput& input, PlaceId container, SiteId tag) {
  const PlaceData& root = input.places[input.places.root(container)];
  if (root.kind == PlaceKind::Global || root.kind == PlaceKind::This ||
      root.kind == PlaceKind::Unknown || root.kind == PlaceKind::Lasting)
    return true;
  if (root.kind != PlaceKind::Local || !input.bodies.is_variable(root.key)) return false;
  const auto* const variable = static_cast<const clang::VarDecl*>(root.key);
  if (llvm::isa<clang::ParmVarDecl>(variable)) return false;
  const ChainId chain = input.places.chain_of(tag);
  if (!input.places.begins_with(chain, root.chain)) return false;
  if (root.chain != chain) return true;
  const clang::SourceManager& sources = input.context.getSourceManager();
  return sources.isBeforeInTranslationUnit(
      sources.getExpansionLoc(variable->getLocation()),
      sources.getExpansionLoc(input.places.expression(tag)->getBeginLoc()));
}

// What holds any number of things.
bool can_grow(const CheckInput& input, PlaceId container) {
  const PlaceData& data = input.places[container];
  if (data.kind != PlaceKind::Field && data.kind != PlaceKind::Global &&
      data.kind != PlaceKind::Local)
    return data.kind == PlaceKind::Unknown;
  if (data.kind == PlaceKind::Local && !input.bodies.is_variable(data.key)) return false;
  const clang::CXXRecordDecl* const record =
      record_of(static_cast<const clang::ValueDecl*>(data.key)->getType());
  if (record == nullptr) return false;
  const std::string name = plain_name(*record);
  static const std::set<std::string> fixed = {"std::array",    "std::optional",
                                              "std::variant",  "std::any",
                                              "std::tuple",    "std::pair",
                                              "std::function", "std::packaged_task",
                                              "std::atomic",   "std::move_only_function"};
  return fixed.count(name) == 0;
}

// The components of the tags that are open, the outermost first; nothing when one is not a constant.
std::optional<std::vector<std::string>> path_of(const CheckInput& input,
                                                const std::vector<SiteId>& tags) {
  std::vector<std::string> path;
  for (const SiteId site : tags) {
    const clang::CallExpr* const call = call_at(input, site);
    const auto tag = call == nullptr ? std::nullopt : constant_text(input.context, call->getArg(0));
    if (!tag) return std::nullopt;
    for (const std::string& each : components_of(*tag)) path.push_back(each);
  }
  return path;
}

// Whether one of the budgets covers the path. A budget of a tag covers what is below it, and tags
// that callers have opened may stand before the path: its end is enough.
bool has_budget(const std::vector<std::string>& path,
                const std::vector<std::vector<std::string>>& budgets) {
  for (const std::vector<std::string>& budget : budgets) {
    for (std::size_t known = 1; known <= std::min(budget.size(), path.size()); ++known) {
      const std::size_t last = known == budget.size() ? path.size() - known : 0;
      for (std::size_t at = 0; at <= last; ++at)
        if (std::equal(budget.end() - static_cast<std::ptrdiff_t>(known), budget.end(),
                       path.begin() + static_cast<std::ptrdiff_t>(at)))
          return true;
    }
  }
  return false;
}

}  // namespace

void check_budgets(const CheckInput& input, std::vector<Finding>& findings) {
  std::vector<std::vector<std::string>> budgets;
  for (const clang::CallExpr* call : input.bodies.tags().budgets()) {
    const auto tag = constant_text(input.context, call->getArg(0));
    if (!tag) return;  // any tag may have one
    budgets.push_back(components_of(*tag));
  }
  if (budgets.empty()) return;
  std::map<PlaceId, Tagged> made;
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::Tagged) continue;
    Tagged& tagged = made[event.loan];
    tagged.made = event.at;
    tagged.tags.push_back(event.other);
    if (event.flag) tagged.innermost = event.other;
  }
  std::set<SiteId> told;
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::Kept) continue;
    const auto found = made.find(event.loan);
    if (found == made.end() || found->second.innermost == 0) continue;
    const Tagged& tagged = found->second;
    const auto path = path_of(input, tagged.tags);
    if (!path || has_budget(*path, budgets) || !can_grow(input, event.into) ||
        !outlives(input, event.into, tagged.innermost) || !told.insert(tagged.innermost).second)
      continue;
    Finding finding = finding_at(input, 302, input.places.expression(tagged.innermost));
    finding.message = "other tags have budgets, and what is kept under this one has none";
    relate(input, finding, tagged.made, "allocated here");
    relate(input, finding, event.at, "it is kept here");
    findings.push_back(std::move(finding));
  }
}

}  // namespace fa_check
