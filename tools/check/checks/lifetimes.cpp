// SPDX-License-Identifier: MIT OR Apache-2.0
// FA606, FA601, FA605, FA703, FA403: loans that are used after their end, or kept beyond it.
#include "checks/callers.hpp"
#include "checks/findings.hpp"
#include "checks/fixes.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fa_check {
namespace {

// The field or variable that the place itself is, or null. Objects that boxes own have no name.
const clang::ValueDecl* declaration_at(const CheckInput& input, PlaceId place) {
  const PlaceData& data = input.places[place];
  const bool is_declared = data.kind == PlaceKind::Field || data.kind == PlaceKind::Global ||
                           (data.kind == PlaceKind::Local && input.bodies.is_variable(data.key));
  return is_declared ? static_cast<const clang::ValueDecl*>(data.key) : nullptr;
}

// That of the place, or of what it is a part of.
const clang::ValueDecl* declaration_of(const CheckInput& input, PlaceId place) {
  for (; place != 0; place = input.places[place].parent)
    if (const clang::ValueDecl* declaration = declaration_at(input, place)) return declaration;
  return nullptr;
}

bool lives_no_longer(const CheckInput& input, PlaceId place) {
  for (PlaceId at = place; at != 0; at = input.places[at].parent) {
    const PlaceData& data = input.places[at];
    if (const clang::ValueDecl* declaration = declaration_at(input, at)) {
      if (input.model.has_word(declaration, "per_frame")) return true;
      if (const clang::CXXRecordDecl* record = record_of(declaration->getType()))
        if (input.model.has_word(record, "per_frame")) return true;
      if (const auto* field = llvm::dyn_cast<clang::FieldDecl>(declaration))
        if (input.model.has_word(field->getParent(), "per_frame")) return true;
    }
    if (data.kind == PlaceKind::This) {
      const auto* const record = static_cast<const clang::CXXRecordDecl*>(data.key);
      if (input.model.has_word(record, "per_frame")) return true;
    }
  }
  return false;
}

bool is_long_lived(const CheckInput& input, PlaceId place) {
  for (PlaceId at = place; at != 0; at = input.places[at].parent) {
    const clang::ValueDecl* const declaration = declaration_at(input, at);
    if (declaration == nullptr) continue;
    if (input.model.has_word(declaration, "long_lived")) return true;
    const auto* const field = llvm::dyn_cast<clang::FieldDecl>(declaration);
    if (field != nullptr && input.model.has_word(field->getParent(), "long_lived")) return true;
  }
  return false;
}

// Whether the class ends frames in its destructor: then it is no older than one.
bool ends_with_a_frame(const CheckInput& input, const clang::CXXRecordDecl& record) {
  const clang::CXXRecordDecl* const definition = record.getDefinition();
  if (definition == nullptr) return false;
  if (const clang::CXXDestructorDecl* destructor = definition->getDestructor())
    if (input.bodies.has(*destructor, Effect::EndFrame)) return true;
  for (const clang::FieldDecl* field : definition->fields())
    if (input.model.kind_of(field->getType()) == Kind::FrameGuard) return true;
  return false;
}

// Whether frames end in the unit. Where none does, a local object ends with its function, inside the frame that
// somebody else drives.
bool ends_frames(const CheckInput& input) {
  return input.bodies.unit_has(Effect::EndFrame) || input.bodies.unit_has(Effect::OpenFrame) ||
         input.bodies.unit_has(Effect::EndThreadFrame);
}

// Whether it is memory of a frame, not of a scratch pool or a group: those end when their owner
// says so, and classes keep what they end themselves.
bool is_of_frame(const CheckInput& input, const Loan& loan) {
  if (loan.maker == nullptr) return true;
  const Effect effect = input.model.effect_of(*loan.maker);
  return effect != Effect::Scratch && effect != Effect::GroupAlloc;
}

// Whether the place is a part of what a closure refers to: that lies elsewhere, and not where the closure is kept.
bool is_captured_by_reference(const CheckInput& input, PlaceId place) {
  while ((place = input.places[place].parent) != 0) {
    if (input.places[place].kind != PlaceKind::Field) continue;
    const auto* const field = llvm::dyn_cast<clang::FieldDecl>(
        static_cast<const clang::ValueDecl*>(input.places[place].key));
    const auto* const record =
        field == nullptr ? nullptr : llvm::dyn_cast<clang::CXXRecordDecl>(field->getParent());
    if (record != nullptr && record->isLambda() && field->getType()->isReferenceType()) return true;
  }
  return false;
}

// What outlives the frame: the place itself, or what has the box of its object.
PlaceId keeper_of(const Event& event) { return event.owner != 0 ? event.owner : event.into; }

bool is_escape(const CheckInput& input, const Event& event) {
  if (lives_no_longer(input, event.into) || lives_no_longer(input, keeper_of(event))) return false;
  if (is_long_lived(input, event.into) || event.into == 0) return true;
  const PlaceId root = input.places.root(keeper_of(event));
  const PlaceData& data = input.places[root];
  switch (data.kind) {
    case PlaceKind::Global:
      return true;
    case PlaceKind::This: {
      const auto* const record = static_cast<const clang::CXXRecordDecl*>(data.key);
      if (record->isLambda()) return false;
      if (ends_with_a_frame(input, *record)) return false;
      const clang::CXXRecordDecl* const definition = record->getDefinition();
      if (definition != nullptr && input.bodies.is_only_local(*definition) &&
          (input.solver.made_in_frames().count(definition) != 0 || !ends_frames(input)))
        return false;
      // Objects that are made in frames alone: what becomes of them is told where they are made. A member
      // may be given what a constructor has made.
      const bool is_made_there = llvm::isa<clang::CXXConstructorDecl>(event.function) &&
                                 input.solver.inlined().count(event.function) != 0;
      if (definition != nullptr && event.other == 0 &&
          (is_made_there || !input.bodies.is_elsewhere(*definition)) &&
          input.solver.made_in_frames().count(definition) != 0 &&
          !input.solver.is_made_outside(*definition, is_made_there))
        return false;
      return true;
    }
    case PlaceKind::Lasting:
      return true;
    case PlaceKind::Local:
      return !input.bodies.is_variable(data.key);  // an object that a box owns, which is returned
    case PlaceKind::Unknown:
      // An out-parameter, or an object by reference: while the frame goes on it may be as young.
      // Members of members of this are not.
      for (PlaceId at = root; at != 0; at = input.places[at].parent)
        if (input.places[at].kind == PlaceKind::This || input.places[at].kind == PlaceKind::Global)
          return true;
      return event.other != 0;
    default:
      return false;
  }
}

// The closure that holds the loan, when it is one that is kept.
const clang::CXXRecordDecl* closure_of(const CheckInput& input, PlaceId place) {
  for (; place != 0; place = input.places[place].parent) {
    if (input.places[place].kind != PlaceKind::Field) continue;
    const auto* const field = llvm::dyn_cast<clang::FieldDecl>(
        static_cast<const clang::ValueDecl*>(input.places[place].key));
    const auto* const record =
        field == nullptr ? nullptr : llvm::dyn_cast<clang::CXXRecordDecl>(field->getParent());
    if (record != nullptr && record->isLambda()) return record;
  }
  return nullptr;
}

// Whether a closure is kept in a member of an object that the function is given, and nobody in sight
// gives it one that ends with the frame. A callable that is itself the parameter may be asked for.
bool is_kept_by_given(const CheckInput& input, const Event& event) {
  if (closure_of(input, event.into) == nullptr || lives_no_longer(input, event.into)) return false;
  if (input.bodies.has_callers(*event.function)) return false;
  const PlaceData& root = input.places[input.places.root(keeper_of(event))];
  if (root.kind != PlaceKind::Unknown) return false;
  for (PlaceId at = keeper_of(event); at != 0; at = input.places[at].parent) {
    if (input.places[at].kind != PlaceKind::Field) continue;
    const auto* const field = llvm::dyn_cast<clang::FieldDecl>(
        static_cast<const clang::ValueDecl*>(input.places[at].key));
    const auto* const record =
        field == nullptr ? nullptr : llvm::dyn_cast<clang::CXXRecordDecl>(field->getParent());
    if (record != nullptr && !record->isLambda() && input.bodies.is_of_user(*record) &&
        input.solver.made_in_frames().count(record->getDefinition()) == 0)
      return true;
  }
  return false;
}

// Whether it is handed over by an atomic object.
bool is_in_atomic(const CheckInput& input, PlaceId place) {
  for (; place != 0; place = input.places[place].parent) {
    const clang::ValueDecl* const declaration = declaration_at(input, place);
    const clang::CXXRecordDecl* const record =
        declaration == nullptr ? nullptr : record_of(declaration->getType());
    if (record != nullptr && plain_name(*record) == "std::atomic") return true;
  }
  return false;
}

// Whether another thread may look at the place: it is published memory, not kept memory.
bool is_for_threads(const CheckInput& input, const Loan& loan, PlaceId place) {
  for (; place != 0; place = input.places[place].parent) {
    const PlaceData& data = input.places[place];
    if (data.kind != PlaceKind::Field && data.kind != PlaceKind::Global) continue;
    const auto* const declaration = static_cast<const clang::ValueDecl*>(data.key);
    if (input.bodies.is_seen_by_threads(*declaration)) return true;
    // Memory of a thread's own frame, where all threads can find it.
    if (!loan.of_thread) continue;
    const auto* const variable = llvm::dyn_cast<clang::VarDecl>(declaration);
    if (variable != nullptr && variable->getTLSKind() == clang::VarDecl::TLS_None) return true;
    if (is_in_atomic(input, place)) return true;
  }
  return false;
}

// Whether a method that ends the frame takes the loan out of the member before it does.
bool is_reset_elsewhere(const CheckInput& input, const Callers& callers, const Event& event) {
  if (event.other != 0) return false;
  const PlaceData& root = input.places[input.places.root(keeper_of(event))];
  if (root.kind != PlaceKind::This) return false;
  const auto* const record = static_cast<const clang::CXXRecordDecl*>(root.key);
  bool ends = false;
  for (const clang::FunctionDecl* function : input.bodies.functions()) {
    const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
    if (method == nullptr || method->getParent()->getCanonicalDecl() != record) continue;
    ends = ends || callers.ends_frame(*function);
  }
  if (!ends) return false;
  // The solver ran that method after this one: had the member kept the loan, it would have told.
  for (const Event& other : input.log.events())
    if (other.kind == EventKind::Escape && other.other != 0 && other.loan == event.loan &&
        declaration_of(input, other.into) == declaration_of(input, event.into))
      return false;
  return true;
}

// Whether it is kept by what retains it, which the end of the frame promotes: by that it is told what became of it.
bool is_promoted(const CheckInput& input, const Event& event, const Loan& loan) {
  const clang::ValueDecl* const keeper = declaration_of(input, event.into);
  if (!loan.retained || loan.discards || keeper == nullptr || event.other == 0) return false;
  clang::QualType type = keeper->getType();
  while (input.model.kind_of(type) == Kind::Container) type = first_type_of(type);
  return input.model.kind_of(type) == Kind::Retained &&
         promotes_at(input.places.expression(event.other));
}

// Where kept memory was told of.
struct Told {
  const clang::Stmt* made = nullptr;
  const clang::FunctionDecl* function = nullptr;
  std::size_t finding = 0;
};

// Effect: what a constructor keeps in its object is told of once, where that object is kept.
void forget_constructors(const Callers& callers, const std::vector<Told>& told,
                         std::vector<Finding>& findings) {
  std::vector<std::size_t> twice;
  for (const Told& each : told) {
    if (!llvm::isa<clang::CXXConstructorDecl>(each.function)) continue;
    if (std::any_of(told.begin(), told.end(), [&](const Told& other) {
          return other.made == each.made && callers.run(*other.function, *each.function) &&
                 findings[other.finding].line != findings[each.finding].line;
        }))
      twice.push_back(each.finding);
  }
  for (auto at = twice.rbegin(); at != twice.rend(); ++at)
    findings.erase(findings.begin() + static_cast<std::ptrdiff_t>(*at));
}

}  // namespace

void check_lifetimes(const CheckInput& input, std::vector<Finding>& findings) {
  const Callers callers(input.bodies, input.solver);
  std::set<PlaceId> used;
  // The allocation and the end of what is used too late, whoever called them.
  std::set<std::pair<const clang::Stmt*, const clang::Stmt*>> seen_used;
  std::set<PlaceId> on_threads;
  // Uses of what nobody retains, by its allocation: where it was stored is told of instead.
  std::vector<std::pair<const clang::Stmt*, Finding>> used_discarded;
  // The same by calls of closures that hold it: where those are kept for later is told of instead.
  std::vector<std::pair<const clang::Stmt*, Finding>> used_in_closures;
  std::set<const clang::Stmt*> kept_in_closures;
  for (const Event& event : input.log.events()) {
    if (event.kind == EventKind::ThreadReaches) on_threads.insert(event.loan);
    const Loan* const loan = input.solver.loan(event.loan);
    if (event.kind == EventKind::Use) {
      const clang::Stmt* const at = input.places.expression(event.at);
      Finding finding = finding_at(input, 606, at);
      finding.message = name_of(input, at) + " is used after its memory ended";
      if (loan != nullptr) relate(input, finding, loan->made, "frame memory made here");
      relate(input, finding, event.other, "it ends here");
      if (loan != nullptr && loan->discards)
        used_discarded.emplace_back(input.places.expression(loan->made), std::move(finding));
      else if (loan != nullptr && event.into != 0)
        used_in_closures.emplace_back(input.places.expression(loan->made), std::move(finding));
      else
        findings.push_back(std::move(finding));
      used.insert(event.loan);
      if (loan != nullptr && event.other != 0)
        seen_used.emplace(input.places.expression(loan->made),
                          input.places.expression(event.other));
    } else if (event.kind == EventKind::GrowInScope) {
      const clang::Stmt* const at = input.places.expression(event.at);
      Finding finding = finding_at(input, 606, at);
      finding.message =
          name_of(input, at) + " grows in a scope that is younger: its memory ends with that scope";
      relate(input, finding, event.other, "it is used here, after the scope");
      relate(input, finding, event.at, "it grows here");
      findings.push_back(std::move(finding));
      used.insert(event.loan);
    } else if (event.kind == EventKind::KeptResolved) {
      const clang::Stmt* const at = input.places.expression(event.at);
      Finding finding = finding_at(input, 403, at);
      finding.message = name_of(input, at) + " was resolved before the objects were moved or freed";
      if (loan != nullptr) relate(input, finding, loan->made, "resolved here");
      relate(input, finding, event.other, "objects are moved or freed here");
      findings.push_back(std::move(finding));
    }
  }
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::Later) continue;
    const Loan* const loan = input.solver.loan(event.loan);
    Finding finding = finding_at(input, 703, input.places.expression(event.at));
    finding.message = "a closure that runs later holds frame memory";
    if (loan != nullptr) relate(input, finding, loan->made, "frame memory made here");
    if (loan != nullptr) kept_in_closures.insert(input.places.expression(loan->made));
    findings.push_back(std::move(finding));
  }
  std::set<const clang::Stmt*> stored_discarded;
  std::vector<Told> told;
  for (const Event& event : input.log.events()) {
    if (event.kind != EventKind::Escape && event.kind != EventKind::Return) continue;
    const Loan* const loan = input.solver.loan(event.loan);
    if (loan == nullptr || loan->resolved || event.at == 0) continue;
    const clang::CXXRecordDecl* const closure = event.kind == EventKind::Escape && !loan->discards
                                                    ? closure_of(input, event.into)
                                                    : nullptr;
    const clang::Stmt* const made = input.places.expression(loan->made);
    const bool is_used =
        used.count(event.loan) != 0 ||
        (event.other != 0 && seen_used.count({made, input.places.expression(event.other)}) != 0);
    const bool only_by_closures =
        closure != nullptr && std::any_of(used_in_closures.begin(), used_in_closures.end(),
                                          [&](const auto& each) { return each.first == made; });
    if (is_used && !only_by_closures) continue;
    if (event.kind == EventKind::Escape && event.other == 0 && !is_of_frame(input, *loan)) continue;
    if (event.kind == EventKind::Escape &&
        (is_captured_by_reference(input, event.into) ||
         (!is_escape(input, event) && !is_kept_by_given(input, event)) ||
         is_reset_elsewhere(input, callers, event) || is_promoted(input, event, *loan) ||
         callers.judge(input, event, keeper_of(event), *loan)))
      continue;
    const SiteId where = input.places.seen_from(event.at, loan->made);
    const clang::Stmt* const at = input.places.expression(where);
    if (event.kind == EventKind::Escape && is_for_threads(input, *loan, event.into)) {
      // It was told of, or it was waited for.
      if (on_threads.count(event.loan) != 0 ||
          (!loan->of_thread && !input.bodies.runs_on_thread(*event.function)))
        continue;
      if (loan->of_thread || is_in_atomic(input, event.into)) {
        Finding shown = finding_at(input, 201, at);
        shown.message = std::string(loan->of_thread ? "memory of a thread's own frame"
                                                    : "frame memory of this thread") +
                        " is put where other threads find it";
        relate(input, shown, loan->made, "frame memory made here");
        relate(input, shown, event.other, "the frame ends here");
        findings.push_back(std::move(shown));
        continue;
      }
    }
    if (closure != nullptr) {
      kept_in_closures.insert(made);
      Finding kept = finding_at(input, 703, at);
      const clang::SourceManager& sources = input.context.getSourceManager();
      const clang::SourceLocation begin = sources.getExpansionLoc(closure->getBeginLoc());
      kept.line = sources.getSpellingLineNumber(begin);
      kept.column = sources.getSpellingColumnNumber(begin);
      kept.end_line = kept.line;
      kept.end_column = kept.column + 1;
      kept.message = "a closure that runs later holds frame memory";
      relate(input, kept, loan->made, "frame memory made here");
      relate(input, kept, event.other, "the frame ends here");
      findings.push_back(std::move(kept));
      continue;
    }
    Finding finding = finding_at(input, loan->discards ? 605 : 601, at);
    if (loan->discards) stored_discarded.insert(input.places.expression(loan->made));
    if (event.kind == EventKind::Return) {
      finding.message = name_of(input, at) + " is returned, and its frame has ended";
    } else if (const clang::ValueDecl* into = declaration_of(input, keeper_of(event))) {
      finding.message =
          "frame memory is stored in '" + into->getNameAsString() + "', which outlives the frame";
    } else {
      finding.message = "frame memory is kept beyond its frame";
    }
    relate(input, finding, loan->made, "frame memory made here");
    relate(input, finding, event.other, "the frame ends here");
    if (event.kind == EventKind::Escape)
      finding.fix = reset_before_end(input, event.into, event.other);
    if (event.kind == EventKind::Escape) told.push_back({made, event.function, findings.size()});
    findings.push_back(std::move(finding));
  }
  forget_constructors(callers, told, findings);
  for (auto& [made, finding] : used_discarded)
    if (stored_discarded.count(made) == 0) findings.push_back(std::move(finding));
  for (auto& [made, finding] : used_in_closures)
    if (kept_in_closures.count(made) == 0) findings.push_back(std::move(finding));
}

}  // namespace fa_check
