// SPDX-License-Identifier: MIT OR Apache-2.0
// FA603: a loop that drives the program takes frame memory on every turn, and no frame ever ends.
#include "checks/loop_log.hpp"

#include <algorithm>
#include <utility>

namespace fa_check {
namespace {

// The variable of the unit that is the allocator; null when it came from outside.
const clang::VarDecl* made_here(const CheckInput& input, PlaceId owner) {
  const PlaceId root = input.places.root(owner);
  const PlaceData& data = input.places[root];
  if (data.kind != PlaceKind::Local && data.kind != PlaceKind::Global) return nullptr;
  if (!input.bodies.is_variable(data.key)) return nullptr;
  const auto* const variable = static_cast<const clang::VarDecl*>(data.key);
  if (llvm::isa<clang::ParmVarDecl>(variable) || variable->getType()->isReferenceType() ||
      variable->getType()->isPointerType())
    return nullptr;
  if (data.kind == PlaceKind::Global &&
      variable->hasDefinition() == clang::VarDecl::DeclarationOnly)
    return nullptr;
  // A member that is a reference or a pointer names an allocator of somebody else.
  for (PlaceId at = owner; at != root; at = input.places[at].parent) {
    if (input.places[at].kind != PlaceKind::Field) continue;
    const auto* const field = static_cast<const clang::ValueDecl*>(input.places[at].key);
    if (field->getType()->isReferenceType() || field->getType()->isPointerType()) return nullptr;
  }
  return variable;
}

// An allocator that is a member, of an object whose class the unit defines.
bool is_own_member(const CheckInput& input, PlaceId owner) {
  const PlaceData& data = input.places[owner];
  if (data.kind != PlaceKind::Field) return false;
  const PlaceKind root = input.places[input.places.root(owner)].kind;
  const auto* const field = static_cast<const clang::ValueDecl*>(data.key);
  return root == PlaceKind::This && !field->getType()->isReferenceType() &&
         !field->getType()->isPointerType();
}

// Whether a function other than that of the loop begins frames that this allocator may be part of.
bool is_driven_elsewhere(const CheckInput& input, const Turning& turning, PlaceId owner) {
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::FrameOpens) continue;
    const clang::FunctionDecl* const function =
        input.bodies.loops().function_of(input.places.expression(event.at));
    if (function == turning.loop->function) continue;
    const PlaceKind theirs = input.places[input.places.root(event.owner)].kind;
    const PlaceKind ours = input.places[input.places.root(owner)].kind;
    if (theirs == PlaceKind::Global && ours == PlaceKind::Global && event.owner != owner) continue;
    return true;
  }
  return false;
}

// Whether a closure that nobody in sight calls begins frames: the scheduler that has it does.
bool has_frame_hook(const CheckInput& input) {
  return std::any_of(input.log.events().begin(), input.log.events().end(), [&](const Event& event) {
    if (event.kind != EventKind::FrameOpens) return false;
    const auto* const method = llvm::dyn_cast_or_null<clang::CXXMethodDecl>(event.function);
    return method != nullptr && method->getParent()->isLambda();
  });
}

// Whether a thread that the unit starts comes to the loop.
bool is_on_thread(const CheckInput& input, const Turning& turning) {
  const clang::FunctionDecl* const function = turning.loop->function;
  return turning.on_thread || (function != nullptr && input.bodies.runs_on_thread(*function));
}

bool drives(const CheckInput& input, LoopLog& log, const Turning& turning) {
  if (turning.made.empty() || !turning.keeps_all() || log.is_small(turning)) return false;
  const clang::FunctionDecl* const function = turning.loop->function;
  const bool is_main = function != nullptr && function->isMain();
  for (const Event* event : turning.made) {
    if (event->open) return false;
    if (is_main) {
      if (has_frame_hook(input)) return false;
      continue;
    }
    const clang::VarDecl* const variable = made_here(input, event->owner);
    if (variable != nullptr && variable->hasLocalStorage() && !is_on_thread(input, turning))
      continue;
    const bool is_ours =
        variable != nullptr || turning.on_thread || is_own_member(input, event->owner);
    if (!is_ours || is_driven_elsewhere(input, turning, event->owner)) return false;
  }
  return true;
}

}  // namespace

Driving check_boundaries(const CheckInput& input, LoopLog& log, std::vector<Finding>& findings) {
  Driving driving;
  std::set<const clang::Stmt*> told;
  for (const Event* event : log.allocations()) {
    const std::vector<Turning*> around = log.around(event->at);
    // The outermost is the one that drives.
    const auto outermost = std::find_if(around.rbegin(), around.rend(), [&](const Turning* each) {
      return drives(input, log, *each);
    });
    // Somebody else ends the frames of a worker while it turns.
    for (const Turning* each : around) {
      const bool is_hooked = each->loop->function != nullptr && each->loop->function->isMain() &&
                             has_frame_hook(input);
      if (each->keeps_all() && (is_hooked || (is_on_thread(input, *each) &&
                                              is_driven_elsewhere(input, *each, event->owner))))
        driving.loops.insert(each->loop->statement);
    }
    if (outermost == around.rend()) continue;
    for (auto each = outermost; each != around.rend(); ++each)
      driving.loops.insert((*each)->loop->statement);
    driving.allocations.insert(input.places.expression(event->at));
    const clang::Stmt* const loop = (*outermost)->loop->statement;
    if (!told.insert(loop).second) continue;
    Finding finding = finding_at(input, 603, loop);
    finding.message =
        "this loop takes frame memory on its turns and begins and ends no frame: it is never given "
        "back";
    relate(input, finding, event->at, "frame memory made here");
    findings.push_back(std::move(finding));
  }
  return driving;
}

}  // namespace fa_check
