// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/callers.hpp"

namespace fa_check {

Callers::Callers(const Bodies& bodies) : bodies_(bodies) {
  for (const clang::FunctionDecl* function : bodies.functions()) {
    for (const clang::FunctionDecl* callee : bodies.callees(*function)) {
      callers_[callee].push_back(function->getCanonicalDecl());
      // Whoever calls a virtual function may call what overrides it.
      const auto* const method = llvm::dyn_cast<clang::CXXMethodDecl>(callee);
      if (method == nullptr || !method->isVirtual()) continue;
      for (const clang::CXXMethodDecl* each : bodies.overriders(*method))
        callers_[each->getCanonicalDecl()].push_back(function->getCanonicalDecl());
    }
  }
}

bool Callers::ends_frame(const clang::FunctionDecl* function) {
  const auto [known, is_new] = ends_.try_emplace(function, false);
  if (!is_new) return known->second;
  bool ends = bodies_.has(*function, Effect::EndFrame) ||
              bodies_.has(*function, Effect::OpenFrame) ||
              bodies_.has(*function, Effect::EndThreadFrame);
  for (const clang::FunctionDecl* callee : bodies_.callees(*function))
    ends = ends || ends_frame(callee);
  return ends_[function] = ends;
}

bool Callers::all_end_frames(const clang::FunctionDecl* function,
                             std::set<const clang::FunctionDecl*>& seen) {
  const auto callers = callers_.find(function);
  if (callers == callers_.end()) return false;
  for (const clang::FunctionDecl* caller : callers->second) {
    if (!seen.insert(caller).second || ends_frame(caller)) continue;
    if (!all_end_frames(caller, seen)) return false;
  }
  return true;
}

bool Callers::end_frames(const clang::FunctionDecl& function) {
  const clang::FunctionDecl* const first = function.getCanonicalDecl();
  std::set<const clang::FunctionDecl*> seen{first};
  return !ends_frame(first) && all_end_frames(first, seen);
}

}  // namespace fa_check
