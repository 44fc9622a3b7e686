// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/unit.hpp"

#include "checks/callers.hpp"
#include "checks/findings.hpp"
#include "checks/intents.hpp"
#include "facts/bodies.hpp"
#include "flow/solver.hpp"
#include "model/clang.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace fa_check {
namespace {

// Methods that end a frame: what another method leaves in a member is judged by them too.
std::vector<const clang::FunctionDecl*> followers_of(const clang::FunctionDecl& function,
                                                     const Bodies& bodies, const Callers& callers) {
  std::vector<const clang::FunctionDecl*> found;
  const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(&function);
  if (method == nullptr || method->isStatic() || method->getParent()->isLambda()) return found;
  for (const clang::FunctionDecl* each : bodies.functions()) {
    const auto* const other = llvm::dyn_cast<clang::CXXMethodDecl>(each);
    if (other == nullptr || other->getParent() != method->getParent()) continue;
    if (other == method || llvm::isa<clang::CXXConstructorDecl>(other)) continue;
    if (llvm::isa<clang::CXXDestructorDecl>(other)) continue;
    if (callers.ends_frame(*other)) found.push_back(other);
  }
  return found;
}

}  // namespace

void check_unit(clang::ASTContext& context, const UnitInput& input, UnitResult& result) {
  for (const clang::Decl* declaration : context.getTranslationUnitDecl()->decls()) {
    const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(declaration);
    if (space != nullptr && space->getName() == "framealloc") result.model_seen = true;
  }
  Model model(input.settings);
  Places places;
  Bodies bodies(context, model);
  EventLog log;
  Solver solver(context, model, places, bodies, input.settings, log);
  const Callers callers(bodies, solver);
  // Lambdas are run where they are called; those that nobody calls are run alone, at last.
  std::vector<const clang::FunctionDecl*> lambdas;
  const auto solve = [&](const clang::FunctionDecl* function) {
    solver.solve(*function, followers_of(*function, bodies, callers));
    ++result.functions;
    if (!solver.gave_up() && !solver.left_calls()) return;
    if (solver.gave_up()) ++result.gave_up;
    const clang::PresumedLoc place =
        context.getSourceManager().getPresumedLoc(function->getLocation());
    result.assumptions.push_back(
        {place.isValid() ? place.getFilename() : "", place.isValid() ? place.getLine() : 0,
         function->getQualifiedNameAsString(),
         solver.gave_up() ? "not analyzed to its end: it is too large for the limits"
                          : "virtual calls within others are not followed: too many "
                            "functions override them"});
  };
  // Constructors come first: they tell how many frames the allocators that are members keep.
  for (const bool constructors : {true, false}) {
    for (const clang::FunctionDecl* function : bodies.functions()) {
      if (llvm::isa<clang::CXXConstructorDecl>(function) != constructors) continue;
      // What members refer to is known from constructors, even if those do nothing else.
      if (!bodies.is_relevant(*function) &&
          (!constructors || followers_of(*function, bodies, callers).empty()))
        continue;
      const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
      if (method != nullptr && method->getParent()->isLambda()) {
        lambdas.push_back(function);
        continue;
      }
      solve(function);
    }
  }
  for (const clang::FunctionDecl* lambda : lambdas)
    if (solver.inlined().count(lambda->getCanonicalDecl()) == 0) solve(lambda);
  // Who asks for the parents of an expression has the whole unit walked, headers included. Expressions
  // that are asked about lie in the user's code.
  std::vector<clang::Decl*> own;
  for (clang::Decl* declaration : context.getTranslationUnitDecl()->decls())
    if (bodies.is_of_user(*declaration)) own.push_back(declaration);
  context.setTraversalScope(own);
  CheckInput checks{context, model, places, bodies, solver, log, input.settings};
  result.findings = findings_of(checks);
  if (input.wants_intents) result.intents = intents_of(checks);
}

}  // namespace fa_check
