// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/callers.hpp"

#include <algorithm>

namespace fa_check {

Callers::Callers(const Bodies& bodies) {
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

bool Callers::all_end_frames(const clang::FunctionDecl* function,
                             std::set<const clang::FunctionDecl*>& seen) const {
  const auto callers = callers_.find(function);
  if (callers == callers_.end()) return false;
  for (const clang::FunctionDecl* caller : callers->second) {
    if (!seen.insert(caller).second || ends_frame(*caller)) continue;
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
    if (!ends) return false;
  }
  return true;
}

}  // namespace fa_check
