// SPDX-License-Identifier: MIT OR Apache-2.0
// FA607: raw memory for a type with a destructor that nobody calls.
#include "checks/findings.hpp"
#include "checks/fixes.hpp"

#include <set>
#include <utility>

namespace fa_check {
namespace {

// The class whose objects lie there, when destroying one does something.
const clang::CXXRecordDecl* destroyed_type(clang::QualType type) {
  if (!type->isPointerType()) return nullptr;
  type = type->getPointeeType();
  const clang::CXXRecordDecl* record = record_of(type);
  if (record == nullptr || !record->hasDefinition() || record->hasTrivialDestructor())
    return nullptr;
  return record->getCanonicalDecl();
}

// The class that the call of a destructor, or of std::destroy_at and its like, destroys.
const clang::CXXRecordDecl* type_destroyed_by(const clang::Stmt* at) {
  if (const auto* member = llvm::dyn_cast<clang::CXXMemberCallExpr>(at))
    if (llvm::isa_and_nonnull<clang::CXXDestructorDecl>(member->getMethodDecl()))
      return member->getMethodDecl()->getParent()->getCanonicalDecl();
  const auto* const call = llvm::dyn_cast<clang::CallExpr>(at);
  if (call == nullptr) return nullptr;
  for (const clang::Expr* argument : call->arguments())
    if (const clang::CXXRecordDecl* record = destroyed_type(argument->getType())) return record;
  return nullptr;
}

bool is_raw(Model& model, const Loan& loan) {
  if (loan.maker == nullptr || loan.resolved) return false;
  switch (model.effect_of(*loan.maker)) {
    case Effect::FrameRaw:
    case Effect::FrameOfScope:
      return true;
    case Effect::Frame:
      // frame_alloc_2 and its like.
      return loan.maker->getDeclName().isIdentifier() && is_in_framealloc(*loan.maker) &&
             loan.maker->getName().starts_with("frame_alloc_");
    default:
      return false;
  }
}

}  // namespace

void check_destructors(const CheckInput& input, std::vector<Finding>& findings) {
  std::set<const void*> destroyed;                        // allocations
  std::set<const clang::CXXRecordDecl*> destroyed_types;  // of objects from elsewhere
  std::set<const void*> kept;                             // stored in what outlives the function
  std::set<const void*> given;                            // returned to callers that nobody sees
  for (const Event& event : input.log.events()) {
    const void* const allocation = input.places[event.loan].key;
    if (event.kind == EventKind::Destroyed && event.loan != 0) destroyed.insert(allocation);
    if (event.kind == EventKind::Destroyed && event.loan == 0)
      destroyed_types.insert(type_destroyed_by(input.places.expression(event.at)));
    if (event.kind == EventKind::Escape) {
      const PlaceKind into = input.places[input.places.root(event.into)].kind;
      const bool is_out = into == PlaceKind::Unknown && event.function != nullptr &&
                          !input.bodies.has_callers(*event.function);
      (is_out ? given : kept).insert(allocation);
    }
    if (event.kind == EventKind::HandedOut && event.function != nullptr)
      (input.bodies.has_callers(*event.function) ? kept : given).insert(allocation);
  }
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::Issue) continue;
    const Loan* const loan = input.solver.loan(event.loan);
    if (loan == nullptr || !is_raw(input.model, *loan)) continue;
    const clang::CXXRecordDecl* const type = destroyed_type(loan->type);
    const void* const allocation = input.places[event.loan].key;
    if (type == nullptr || destroyed.count(allocation) != 0) continue;
    // Whoever gets it may destroy it.
    if (given.count(allocation) != 0) continue;
    if (kept.count(allocation) != 0 && destroyed_types.count(type) != 0) continue;
    Finding finding = finding_at(input, 607, input.places.expression(event.at));
    finding.message = "raw memory for '" + type->getNameAsString() +
                      "', and nobody calls its destructor; frame_new() would";
    finding.fix = construct_at_once(input, input.places.expression(event.at));
    findings.push_back(std::move(finding));
  }
}

}  // namespace fa_check
