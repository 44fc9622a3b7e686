// SPDX-License-Identifier: MIT OR Apache-2.0
// FA608: a container on the arena grows turn by turn, and leaves what it outgrows behind.
#include "checks/fixes.hpp"
#include "checks/loop_log.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace fa_check {
namespace {

bool contains(const CheckInput& input, const clang::Stmt* loop, clang::SourceLocation place) {
  const clang::SourceManager& sources = input.context.getSourceManager();
  place = sources.getExpansionLoc(place);
  return !sources.isBeforeInTranslationUnit(place, sources.getExpansionLoc(loop->getBeginLoc())) &&
         sources.isBeforeInTranslationUnit(place, sources.getExpansionLoc(loop->getEndLoc()));
}

// Whether each turn makes the container anew.
bool is_made_inside(const CheckInput& input, const Turning& turning, PlaceId container) {
  const PlaceData& root = input.places[input.places.root(container)];
  if (root.kind == PlaceKind::Memory) return false;
  if (root.kind != PlaceKind::Local && root.kind != PlaceKind::Temporary) return false;
  if (root.chain != turning.chain) return input.places.begins_with(root.chain, turning.chain);
  if (root.kind == PlaceKind::Local && input.bodies.is_variable(root.key))
    return contains(input, turning.loop->statement,
                    static_cast<const clang::VarDecl*>(root.key)->getLocation());
  return contains(input, turning.loop->statement,
                  static_cast<const clang::Stmt*>(root.key)->getBeginLoc());
}

bool is_given_room(const CheckInput& input, PlaceId container) {
  const std::vector<Event>& events = input.log.events();
  return std::any_of(events.begin(), events.end(), [&](const Event& event) {
    return event.kind == EventKind::GivenRoom && event.into == container;
  });
}

// Whether what the container outgrows cannot be taken back: something else lies behind it.
bool moves_when_it_grows(const CheckInput& input, const Turning& turning, const Event& growth,
                         bool on_resource) {
  if (on_resource) return true;
  return std::any_of(turning.made.begin(), turning.made.end(), [&](const Event* each) {
    if (each->owner != growth.owner) return false;
    const Loan* const loan = input.solver.loan(each->loan);
    const PlaceId into = each->kind == EventKind::Grows ? each->into
                         : loan == nullptr              ? 0
                                                        : loan->container;
    return into != growth.into;
  });
}

}  // namespace

void check_growth(const CheckInput& input, LoopLog& log, std::vector<Finding>& findings) {
  // The first growth of a container in its loop speaks for all.
  std::map<std::pair<const clang::Stmt*, const void*>, Finding> first;
  std::vector<std::pair<const clang::Stmt*, const void*>> order;
  // A growth whose memory is lost with the scope that it happens in is that mistake alone.
  std::set<const clang::Stmt*> lost;
  for (const Event& event : input.log.events())
    if (event.kind == EventKind::GrowInScope) lost.insert(input.places.expression(event.at));
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::Grows || !event.flag) continue;
    if (lost.count(input.places.expression(event.at)) != 0) continue;
    const clang::Stmt* inner = nullptr;
    const Turning* const turning = log.own_loop(event.at, inner);
    if (turning == nullptr || log.turns(*turning).turns != Turns::Known || log.is_small(*turning) ||
        turning->frames)
      continue;
    if (is_made_inside(input, *turning, event.into) || is_given_room(input, event.into)) continue;
    if (turning->taken_from.count(event.into) != 0) continue;
    const auto* const at = llvm::dyn_cast<clang::CallExpr>(input.places.expression(event.at));
    const auto* const method =
        at == nullptr ? nullptr
                      : llvm::dyn_cast_or_null<clang::CXXMethodDecl>(at->getDirectCallee());
    if (method == nullptr) continue;
    const bool on_resource =
        input.model.kind_of(type_of(input.context, method->getParent())) == Kind::PmrContainer ||
        !is_in_framealloc(*method);
    if (!moves_when_it_grows(input, *turning, event, on_resource)) continue;
    Finding finding = finding_at(input, 608, at);
    finding.message = name_of(input, at) +
                      " grows in this loop without a capacity, and leaves its old memory behind";
    relate(input, finding, input.places.site(turning->loop->statement, turning->chain),
           "the turns of this loop are known when it begins");
    finding.fix = give_capacity(input, *turning, log.turns(*turning), *at);
    const std::pair key(turning->loop->statement, input.places[event.into].key);
    const auto [known, is_new] = first.try_emplace(key, finding);
    if (is_new)
      order.push_back(key);
    else if (std::pair(finding.line, finding.column) <
             std::pair(known->second.line, known->second.column))
      known->second = finding;
  }
  for (const auto& key : order) findings.push_back(std::move(first.at(key)));
}

}  // namespace fa_check
