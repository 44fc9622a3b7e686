// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/callers.hpp"

#include <algorithm>

namespace fa_check {
namespace {

// Whether the allocator is what a member refers to, and nobody in sight has said what that is.
bool is_of_a_member(const CheckInput& input, PlaceId owner) {
  const PlaceData& object = input.places[input.places.root(owner)];
  return object.kind == PlaceKind::Unknown && object.parent != 0 &&
         input.places[object.parent].kind == PlaceKind::Field;
}

}  // namespace

Callers::Callers(const Bodies& bodies, const Solver& solver) {
  std::vector<const clang::FunctionDecl*> work;
  const auto ends = [&](const clang::FunctionDecl& function) {
    return bodies.has(function, Effect::EndFrame) || bodies.has(function, Effect::OpenFrame) ||
           bodies.has(function, Effect::EndThreadFrame);
  };
  for (const clang::FunctionDecl* each : bodies.functions()) {
    const clang::FunctionDecl* const function = each->getCanonicalDecl();
    if (ends(*function) && ends_.insert(function).second) work.push_back(function);
    for (const clang::FunctionDecl* callee : bodies.callees(*function)) {
      callers_[callee].push_back(function);
      // Whoever calls a virtual function may call what overrides it.
      const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
      if (method == nullptr || !method->isVirtual()) continue;
      for (const clang::CXXMethodDecl* overrider : bodies.overriders(*method))
        callers_[overrider->getCanonicalDecl()].push_back(function);
    }
  }
  for (const auto& [callee, callers] : solver.inlined())
    for (const clang::FunctionDecl* caller : callers) callers_[callee].push_back(caller);
  while (!work.empty()) {
    const clang::FunctionDecl* const function = work.back();
    work.pop_back();
    for (const clang::FunctionDecl* caller : callers_[function])
      if (ends_.insert(caller).second) work.push_back(caller);
  }
}

bool Callers::ends_frame(const clang::FunctionDecl& function) const {
  return ends_.count(function.getCanonicalDecl()) != 0;
}

bool Callers::is_followed(const clang::FunctionDecl& function) const {
  const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
  if (method == nullptr || llvm::isa<clang::CXXDestructorDecl>(method)) return false;
  return std::any_of(ends_.begin(), ends_.end(), [&](const clang::FunctionDecl* each) {
    const auto* const other = llvm::dyn_cast<clang::CXXMethodDecl>(each);
    return other != nullptr &&
           !llvm::isa<clang::CXXConstructorDecl, clang::CXXDestructorDecl>(other) &&
           !other->getParent()->isLambda() &&
           other->getParent()->getCanonicalDecl() == method->getParent()->getCanonicalDecl();
  });
}

bool Callers::all_end_frames(const clang::FunctionDecl* function,
                             std::set<const clang::FunctionDecl*>& seen) const {
  const auto callers = callers_.find(function);
  if (callers == callers_.end()) return false;
  for (const clang::FunctionDecl* caller : callers->second) {
    if (!seen.insert(caller).second || ends_frame(*caller) || is_followed(*caller)) continue;
    if (!all_end_frames(caller, seen)) return false;
  }
  return true;
}

bool Callers::end_frames(const clang::FunctionDecl& function) const {
  const clang::FunctionDecl* const first = function.getCanonicalDecl();
  std::set<const clang::FunctionDecl*> seen{first};
  return !ends_frame(*first) && all_end_frames(first, seen);
}

bool Callers::end_frame_of(const CheckInput& input, const clang::FunctionDecl& function,
                           const clang::Stmt* made) const {
  for (const Event& issue : input.log.events()) {
    if (issue.kind != EventKind::Issue || input.places.expression(issue.at) != made) continue;
    const clang::FunctionDecl& caller = *issue.function->getCanonicalDecl();
    if (&caller == &function || !ends_frame(caller)) continue;
    const bool ends =
        std::any_of(input.log.events().begin(), input.log.events().end(), [&](const Event& end) {
          return end.kind == EventKind::FrameEnds && end.function == issue.function &&
                 end.owner == issue.owner;
        });
    // Whose an allocator is that a member refers to, the constructor says: what is not known there speaks
    // neither for nor against, and who keeps the memory is asked at the end of the caller.
    if (!ends && !is_of_a_member(input, issue.owner)) return false;
  }
  return true;
}

bool Callers::run(const clang::FunctionDecl& caller, const clang::FunctionDecl& callee) const {
  std::set<const clang::FunctionDecl*> seen{callee.getCanonicalDecl()};
  std::vector<const clang::FunctionDecl*> work{callee.getCanonicalDecl()};
  while (!work.empty()) {
    const auto found = callers_.find(work.back());
    work.pop_back();
    if (found == callers_.end()) continue;
    for (const clang::FunctionDecl* each : found->second) {
      if (each == caller.getCanonicalDecl()) return true;
      if (seen.insert(each).second) work.push_back(each);
    }
  }
  return false;
}

bool Callers::judge(const CheckInput& input, const Event& event, PlaceId keeper,
                    const Loan& loan) const {
  PlaceId object = input.places.root(keeper);
  while (input.places[object].kind == PlaceKind::Unknown && input.places[object].parent != 0)
    object = input.places.root(input.places[object].parent);  // what a member points at
  // An object that a box owns is the caller's once it is returned.
  const bool is_owned = input.places[object].kind == PlaceKind::Local;
  if (event.other != 0 || loan.discards ||
      (!is_owned && input.places[object].kind != PlaceKind::This))
    return false;
  const clang::FunctionDecl* const function = event.function->getCanonicalDecl();
  if (input.solver.inlined().count(function) == 0 || !end_frames(*function)) return false;
  const clang::Stmt* const made = input.places.expression(loan.made);
  if (!end_frame_of(input, *function, made)) return false;
  bool stays = false;
  for (const Event& other : input.log.events()) {
    const Loan* const known = other.loan == 0 ? nullptr : input.solver.loan(other.loan);
    if (known == nullptr || input.places.expression(known->made) != made) continue;
    if (other.kind == EventKind::Use) return true;
    stays = stays || other.kind == EventKind::StaysIn;
  }
  return !stays;
}

}  // namespace fa_check
