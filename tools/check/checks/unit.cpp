// SPDX-License-Identifier: MIT OR Apache-2.0
#include "checks/unit.hpp"

#include "model/clang.hpp"

namespace fa_check {

void check_unit(clang::ASTContext& context, const UnitInput& input, UnitResult& result) {
  (void)input;
  for (const clang::Decl* declaration : context.getTranslationUnitDecl()->decls()) {
    const auto* space = llvm::dyn_cast<clang::NamespaceDecl>(declaration);
    if (space != nullptr && space->getName() == "framealloc") result.model_seen = true;
  }
}

}  // namespace fa_check
