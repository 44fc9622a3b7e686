// SPDX-License-Identifier: MIT OR Apache-2.0
#include "flow/throws.hpp"

#include "model/model.hpp"

#include <algorithm>

namespace fa_check {
namespace {

// Result: whether `wanted` is in the statement; `around` is then the innermost try block that it is in.
bool find_try(const clang::Stmt* statement, const clang::Stmt* wanted,
              const clang::CXXTryStmt*& around) {
  if (statement == nullptr || llvm::isa<clang::LambdaExpr>(statement)) return false;
  if (statement == wanted) return true;
  if (const auto* tried = llvm::dyn_cast<clang::CXXTryStmt>(statement)) {
    if (find_try(tried->getTryBlock(), wanted, around)) {
      if (around == nullptr) around = tried;
      return true;
    }
    for (unsigned i = 0; i < tried->getNumHandlers(); ++i)
      if (find_try(tried->getHandler(i), wanted, around)) return true;
    return false;
  }
  const auto parts = statement->children();
  return std::any_of(parts.begin(), parts.end(),
                     [&](const clang::Stmt* each) { return find_try(each, wanted, around); });
}

}  // namespace

bool never_throws(const clang::Stmt* statement) {
  const auto* const call = llvm::dyn_cast<clang::CallExpr>(statement);
  const clang::FunctionDecl* const function = call == nullptr ? nullptr : call->getDirectCallee();
  if (function == nullptr || !is_in_framealloc(*function)) return false;
  const auto is_of_user = [](clang::QualType type) {
    type = type.getNonReferenceType();
    const clang::CXXRecordDecl* const record =
        record_of(type->isPointerType() ? type->getPointeeType() : type);
    return record != nullptr && !is_in_std(*record) && !is_in_framealloc(*record);
  };
  if (is_of_user(call->getType())) return false;
  const clang::QualType held = first_type_of(call->getType());
  if (!held.isNull() && is_of_user(held)) return false;
  return std::none_of(call->arg_begin(), call->arg_end(),
                      [&](const clang::Expr* each) { return is_of_user(each->getType()); });
}

const clang::CFGBlock* handlers_around(const clang::CFG& graph, const clang::FunctionDecl& function,
                                       const clang::CFGBlock& block) {
  const clang::CXXTryStmt* tried = nullptr;
  bool is_first = true;
  for (const clang::CFGElement& element : block) {
    const auto statement = element.getAs<clang::CFGStmt>();
    if (!statement) continue;
    const auto* const made = llvm::dyn_cast<clang::CXXConstructExpr>(statement->getStmt());
    if (made == nullptr || !made->getConstructor()->isUserProvided() ||
        is_in_std(*made->getConstructor()) || is_in_framealloc(*made->getConstructor()))
      continue;
    const clang::CXXTryStmt* around = nullptr;
    (void)find_try(function.getBody(), made, around);
    if (!is_first && around != tried) return nullptr;
    tried = around;
    is_first = false;
  }
  if (tried == nullptr) return nullptr;
  const auto found = std::find_if(graph.begin(), graph.end(), [&](const clang::CFGBlock* each) {
    return each->getTerminatorStmt() == tried;
  });
  return found == graph.end() ? nullptr : *found;
}

}  // namespace fa_check
